/** What to do about a device that gives nothing, in the words of the browser at hand. */
import type { DeviceProblem } from '../../state/room';

/** Browsers that ask for devices in ways of their own. */
export type Browser = 'chromium' | 'firefox' | 'safari' | 'other';

/** The browser that calls itself `agent`. */
export function browserOf(agent: string): Browser {
  if (/Firefox\//.test(agent)) return 'firefox';
  if (/Chrom(e|ium)\//.test(agent)) return 'chromium';
  return /Version\/[\d.]+.*Safari\//.test(agent) ? 'safari' : 'other';
}

/** The key of an advice. */
type Advice = `device.denied.action.${Browser}` | `device.${Exclude<DeviceProblem, 'denied'>}.action`;

/** The text of the next step: for a device that is not allowed, where to click in this browser. */
export function adviceFor(problem: DeviceProblem, agent: string): Advice {
  return problem === 'denied' ? `device.denied.action.${browserOf(agent)}` : `device.${problem}.action`;
}
