// Who takes part in a test: each site has a colour and a pitch that no other has.

/** What the eye tells apart after a video codec. */
export const palette = {
    red: [208, 32, 32],
    green: [32, 176, 48],
    blue: [32, 64, 224],
    yellow: [224, 208, 32],
    magenta: [192, 32, 192],
    cyan: [32, 192, 192],
};

const camera = { width: 640, height: 360, rate: 15 };

/** Sites in the order of the links that the gateway prints: the chair first. */
export const sites = [
    { ...camera, colourName: 'red', colour: palette.red, screen: palette.yellow, tone: 430 },
    { ...camera, colourName: 'green', colour: palette.green, screen: palette.yellow, tone: 700 },
    { ...camera, colourName: 'blue', colour: palette.blue, screen: palette.yellow, tone: 1130 },
    { ...camera, colourName: 'magenta', colour: palette.magenta, screen: palette.yellow, tone: 1730 },
];

/** A tone counts as a site's within this many Hz. */
export const PITCH_TOLERANCE = 40;

/** Below this level a track is not heard. */
export const AUDIBLE = 0.05;
