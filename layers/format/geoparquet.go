package format

import (
	"bytes"
	"context"
	"slices"
)

// geoParquet is a Parquet table with geometries, where GDAL is built with Arrow; Debian's is not.
var geoParquet = Format{
	Name: "parquet", Title: "GeoParquet", Extensions: []string{".parquet", ".geoparquet"}, driver: "Parquet",
	Is: func(_ string, head []byte) bool { return bytes.HasPrefix(head, []byte("PAR1")) },
	open: func(ctx context.Context, in input) ([]*Source, error) {
		drivers, err := in.folder.Drivers(ctx)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(drivers, "Parquet") {
			return nil, refuse("this is Parquet, but the GDAL of this machine was built without it; save the data as GeoPackage",
				"这是 Parquet 文件，但本机的 GDAL 不支持该格式；请转存为 GeoPackage")
		}
		return in.viaGDAL(ctx, gdalWay{driver: "Parquet", ext: ".parquet", crs: "the GeoParquet"})
	},
}
