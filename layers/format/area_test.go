package format

import "testing"

func TestAreasGrowAcrossThe180thMeridian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		area     Area
		in, away []float64 // longitudes
	}{
		{Area{114, 30, 120, 40}, []float64{109.5, 124.5}, []float64{108.5, 125.5, -114}},
		{Area{168, 50, 180, 60}, []float64{163.5, 180, -180, -175.5}, []float64{162.5, -174.5, 0}},
		{Area{-180, 50, -174, 60}, []float64{175.5, 180, -180, -169.5}, []float64{174.5, -168.5, 0}},
		{Area{174, 50, -174, 60}, []float64{169.5, 180, -180, -169.5}, []float64{168.5, -168.5, 0}},
		{Area{178, 50, -178, 60}, []float64{173.5, -173.5}, []float64{172.5, -172.5}},
		{Area{-180, -90, 180, 90}, []float64{-180, 0, 180}, nil},
		{Area{3, -90, -3, 90}, []float64{-180, 0, 180}, nil},
	} {
		grown := c.area.Grown(5)
		for _, lon := range c.in {
			if !grown.Has(lon, 55) && !grown.Has(lon, 35) {
				t.Errorf("%v: %v is not in %v", c.area, lon, grown)
			}
		}
		for _, lon := range c.away {
			if grown.Has(lon, 55) || grown.Has(lon, 35) {
				t.Errorf("%v: %v is in %v", c.area, lon, grown)
			}
		}
	}
}
