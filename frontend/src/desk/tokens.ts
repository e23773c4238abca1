import type { ThemeConfig } from "antd";
import type { Theme } from "../state/settings";

/** Our tokens in antd's words (frontend.md §3). */
export const tokens = (theme: Theme): ThemeConfig => ({
  cssVar: { key: "onemap" }, hashed: false,
  token: {
    fontFamily: "var(--font)", fontSize: 14, borderRadius: 6, borderRadiusLG: 8, controlHeight: 32, motionDurationMid: "0.15s", motionDurationSlow: "0.2s",
    ...(theme === "dark"
      ? { colorPrimary: "#4BA9C8", colorInfo: "#4BA9C8", colorBgElevated: "#1B2831", colorBgContainer: "#162129", colorText: "#E3EBEF", colorTextLightSolid: "#0B151C", colorTextPlaceholder: "#8FA0AB", colorBorder: "#263640" }
      : { colorPrimary: "#176B87", colorInfo: "#176B87", colorText: "#1E2A32", colorTextPlaceholder: "#64717B", colorBorder: "#DFE5E4" }),
  },
});
