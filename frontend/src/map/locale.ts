/** MapLibre's own words. */
export const locales: Record<"zh" | "en", Record<string, string>> = {
  en: {},
  zh: {
    "Map.Title": "地图", "Marker.Title": "标记", "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小", "NavigationControl.ResetBearing": "转正",
    "CooperativeGesturesHandler.WindowsHelpText": "按住 Ctrl 滚动缩放", "CooperativeGesturesHandler.MacHelpText": "按住 ⌘ 滚动缩放", "CooperativeGesturesHandler.MobileHelpText": "双指移动地图",
  },
};
