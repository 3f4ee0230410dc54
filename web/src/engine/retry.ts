/** When to try a connection again (design: the first minute eagerly, then patiently, spread by jitter). Pure. */

/** Longest wait for a connection to open, in ms; a line whose last one took longer is given that much more. */
export const CONNECT_TIMEOUT_MS = 1000;
/** Every fourth try waits this long, so that a line with a second of delay gets in too. */
export const PATIENT_CONNECT_TIMEOUT_MS = 4000;
/** How long the eager tries go on, in ms. */
export const EAGER_PERIOD_MS = 60_000;
/** Mean wait between eager tries, in ms; ±50 %. */
export const EAGER_DELAY_MS = 660;
/** Bounds of the wait after that, in ms. */
export const PATIENT_DELAY_MS = [7000, 15_000] as const;

/** The wait before the next try, in ms. `elapsed`: since the connection was lost; `random`: in [0, 1). */
export function retryDelay(elapsed: number, random: number): number {
  if (elapsed < EAGER_PERIOD_MS) return EAGER_DELAY_MS * (0.5 + random);
  const [shortest, longest] = PATIENT_DELAY_MS;
  return shortest + (longest - shortest) * random;
}

/** How long the try with this number (from 0) waits to open, in ms. `last`: what the last success took. */
export function connectTimeout(attempt: number, last: number): number {
  if (attempt % 4 === 3) return PATIENT_CONNECT_TIMEOUT_MS;
  return Math.min(Math.max(CONNECT_TIMEOUT_MS, 2 * last), PATIENT_CONNECT_TIMEOUT_MS);
}
