import type { ReactNode } from "react";

// One weight, one size: 24 units, lines of 1.7.
const shapes = {
  layers: <path d="m12 3 9 5-9 5-9-5zM3.5 12.2 12 17l8.5-4.8M3.5 16.4 12 21l8.5-4.6" />,
  legend: <path d="M4 5h5v5H4zM4 14h5v5H4zM13 7.5h7M13 16.5h7" />,
  pick: <><circle cx="12" cy="12" r="6.5" /><path d="M12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4" /></>,
  length: <path d="M3 16.5 16.5 3 21 7.5 7.5 21zM7 12.5l2 2M10 9.5l2.5 2.5M13 6.5l2 2" />,
  area: <path d="M5.5 7.5 17 4.5l2.5 12-9 4-6-6zM5.5 7.5 17 4.5" />,
  share: <><circle cx="6" cy="12" r="2.6" /><circle cx="17.5" cy="5.5" r="2.6" /><circle cx="17.5" cy="18.5" r="2.6" /><path d="m8.4 10.8 6.8-4M8.4 13.2l6.8 4" /></>,
  search: <><circle cx="10.5" cy="10.5" r="6.5" /><path d="m15.5 15.5 5 5" /></>,
  close: <path d="m5.5 5.5 13 13M18.5 5.5l-13 13" />,
  zoom: <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />,
  link: <path d="M10 14a4.2 4.2 0 0 0 6 0l3.2-3.2a4.2 4.2 0 0 0-6-6L11.8 6.2M14 10a4.2 4.2 0 0 0-6 0l-3.2 3.2a4.2 4.2 0 0 0 6 6l1.4-1.4" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  home: <path d="m3.5 11.5 8.5-7 8.5 7M6 10v9.5h12V10M10 19.5v-5h4v5" />,
  locate: <><circle cx="12" cy="12" r="3" /><circle cx="12" cy="12" r="7.5" /><path d="M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22" /></>,
  back: <path d="M15 5.5 8.5 12l6.5 6.5" />,
  chevron: <path d="m9 5.5 6.5 6.5L9 18.5" />,
  sun: <><circle cx="12" cy="12" r="4" /><path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M5.3 18.7 7 17M17 7l1.7-1.7" /></>,
  moon: <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z" />,
  system: <path d="M3.5 5h17v11.5h-17zM9 20.5h6M12 16.5v4" />,
  swap: <path d="M4 9h15l-4-4M20 15H5l4 4" />,
  pin: <><path d="M12 21.5S5 14.8 5 9.7a7 7 0 0 1 14 0c0 5.1-7 11.8-7 11.8z" /><circle cx="12" cy="9.7" r="2.4" /></>,
  alert: <path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.3" />,
  imports: <path d="M12 3.5v11M7.5 10l4.5 4.5 4.5-4.5M4 15.5v4h16v-4" />,
  check: <path d="m4.5 12.5 5 5 10-11" />,
  stop: <><circle cx="12" cy="12" r="8.5" /><path d="m6 18 12-12" /></>,
  info: <><circle cx="12" cy="12" r="8.5" /><path d="M12 11v5.5M12 7.5v.3" /></>,
  clock: <><circle cx="12" cy="12" r="8.5" /><path d="M12 7v5l3.5 2" /></>,
  bin: <path d="M4.5 6.5h15M9 6.5V4h6v2.5M6.5 6.5l1 13.5h9l1-13.5M10 10.5v5.5M14 10.5v5.5" />,
  save: <path d="M12 3.5v10M8 10l4 4 4-4M4.5 17v3h15v-3" />,
  file: <path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5" />,
  reset: <path d="M4.5 12a7.5 7.5 0 1 0 2.6-5.7L4 9M4 4v5h5" />,
  table: <path d="M3.5 5h17v14.5h-17zM3.5 10h17M3.5 14.7h17M10 10v9.5" />,
  filter: <path d="M4 5h16l-6.2 7.4v6.1l-3.6-2v-4.1z" />,
  chart: <path d="M4 20h16M6.5 20v-6M11 20V6M15.5 20v-9M20 20v-4" />,
  up: <path d="M12 19V5.5M6.5 11 12 5.5l5.5 5.5" />,
  down: <path d="M12 5v13.5M6.5 13l5.5 5.5 5.5-5.5" />,
  history: <path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.7M4.5 4.2v4.5H9M12 8v4.3l3 1.8" />,
  compare: <path d="M12 3v18M4 6h5v12H4zM15 6h5v12h-5z" />,
  code: <path d="m8.5 7-5 5 5 5M15.5 7l5 5-5 5" />,
  copy: <path d="M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}

/** The sign of the map: Liangshan's hills over the water margin. */
export function Sign({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#fff" fillOpacity=".14" />
      <path d="M5.5 20 12 10.5l4 5.6 2.6-3.4 7.9 7.3z" fill="#fff" />
      <path d="M5.5 24c3.5-1.8 7-1.8 10.5 0s7 1.8 10.5 0" fill="none" stroke="#F0A35E" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
