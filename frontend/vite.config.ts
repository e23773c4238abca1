import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server under `npm run dev`; the built page is served by the binary itself.
const server = process.env.ONEMAP_URL ?? "http://127.0.0.1:8080";
const doors = ["/layers", "/codes", "/search", "/changes", "/ogc", "/styles", "/tiles", "/events", "/imports", "/healthz"];

const chunk = (name: string, packages: string) => ({ name, test: new RegExp(`node_modules/(${packages})/`) });

export default defineConfig({
  plugins: [react()],
  server: { fs: { allow: [".."] }, proxy: Object.fromEntries(doors.map((door) => [door, server])) },
  worker: { format: "es" },
  build: {
    target: "chrome109",
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        codeSplitting: {
          groups: [
            chunk("maplibre", "maplibre-gl|@maplibre|@mapbox"),
            chunk("react", "react|react-dom|scheduler|react-i18next|i18next|zustand|@tanstack/(?:query-core|react-query)"),
            chunk("antd", "antd|@ant-design|@rc-component|rc-[a-z-]+|dayjs|@emotion"),
          ],
        },
      },
    },
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
