/** Line icons on a grid of 24, drawn for this page. Each stands beside a word and is silent to a screen reader. */
const PATHS = {
  microphone:
    'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M8.5 21h7',
  microphoneOff:
    'M9 9.2V11a3 3 0 0 0 4.6 2.5M15 10.5V6a3 3 0 0 0-5.7-1.3M5.5 11a6.5 6.5 0 0 0 10 5.4M18.5 11c0 1-.2 1.9-.6 2.8M12 17.5V21M8.5 21h7M4 4l16 16',
  muted:
    'M9 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM2.5 11a6.5 6.5 0 0 0 11 4.7M9 17.5V21M5.5 21h7M16.5 6.5l5.5 5.5M22 6.5 16.5 12',
  camera:
    'M4 7h10a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 14 17H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 7ZM15.5 11l6-3.2v8.4l-6-3.2',
  cameraOff:
    'M9 7h5a1.5 1.5 0 0 1 1.5 1.5v4M15.5 16a1.5 1.5 0 0 1-1.5 1H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 7h.5M15.5 11l6-3.2v8.4l-3.5-1.9M3 3l18 18',
  hand: 'M8 12V5.5a1.4 1.4 0 0 1 2.8 0V11M10.8 11V4a1.4 1.4 0 0 1 2.8 0v7M13.6 11V5.5a1.4 1.4 0 0 1 2.8 0V13M8 12.5 6.3 10.4a1.5 1.5 0 0 0-2.4 1.8l3.3 5.3A6 6 0 0 0 12.3 21h.700a5.5 5.5 0 0 0 5.5-5.5V8.5a1.4 1.4 0 0 0-2.1-1.2',
  share:
    'M3.5 4.5h17a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1ZM8 20.5h8M12 16.5v4M12 13.5V8M9.3 10.3 12 7.6l2.7 2.7',
  stage: 'M3 4h18v10.5H3ZM3 18h4.5v3H3ZM9.75 18h4.5v3h-4.5ZM16.5 18H21v3h-4.5Z',
  grid: 'M3.5 4.5h7v6.5h-7ZM13.5 4.5h7v6.5h-7ZM3.5 13.5h7V20h-7ZM13.5 13.5h7V20h-7Z',
  larger: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  smaller: 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  miniature: 'M3.5 4.5h17v15h-17ZM12 12h6v5h-6Z',
  play: 'M8 5.5v13l10-6.5Z',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M15.5 4.9a3.5 3.5 0 0 1 0 6.2M17.5 14.2a6.5 6.5 0 0 1 4 5.8',
  settings: 'M4 6.5h9M17 6.5h3M4 12h3M11 12h9M4 17.5h9M17 17.5h3M15 4.5v4M9 10v4M15 15.5v4',
  keyboard: 'M3 6.5h18v11H3ZM6.5 10h.1M10 10h.1M14 10h.1M17.5 10h.1M7.5 14h9',
  leave: 'M13 4H5.5v16H13M10 12h11M17.5 8.5 21 12l-3.5 3.5',
  lock: 'M6 10.5h12V20H6ZM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3M12 14.2v2.3',
  unlock: 'M6 10.5h12V20H6ZM8.5 10.5V7.5a3.5 3.5 0 0 1 6.8-1.2M12 14.2v2.3',
  pin: 'M9 3.5h6l-1 6 3.5 4h-11l3.5-4ZM12 13.5V21',
  speaker: 'M4 9.5h3.5L12 5.5v13l-4.5-4H4ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  more: 'M12 5.2a.8.8 0 1 0 0 .1M12 12a.8.8 0 1 0 0 .1M12 18.8a.8.8 0 1 0 0 .1',
  close: 'M5.5 5.5l13 13M18.5 5.5l-13 13',
  previous: 'M15 4.5 7.5 12l7.5 7.5',
  next: 'M9 4.5l7.5 7.5L9 19.5',
  remove: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16.5 8l5 5M21.5 8l-5 5',
  follow: 'M12 4a3 3 0 0 0-3 3v3.5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3ZM3 8V4h4M21 8V4h-4M3 16v4h4M21 16v4h-4',
  quality: 'M4 20v-4M9.3 20v-8M14.7 20V8M20 20V4',
  end: 'M12 3v9M7 6.3a7.5 7.5 0 1 0 10 0',
  check: 'M4.5 12.5l5 5L19.5 7',
  warning: 'M12 3.5 22 20.5H2ZM12 10v5M12 17.7v.1',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
