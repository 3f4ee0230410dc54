/** A line test in words. */
import { verdictOf } from '../../engine/line';
import { type Language, t } from '../../i18n';
import type { Line, LineState } from '../../state/room';

/** The word for a finished test; `null` while there is none. */
export function judgementOf(state: LineState): 'good' | 'fair' | 'weak' | 'barred' | 'unknown' | null {
  switch (state.name) {
    case 'measured':
      return verdictOf(state.line).level;
    case 'barred':
    case 'unknown':
      return state.name;
    default:
      return null;
  }
}

/** The one thing to do, or what the line is good for. */
export function adviceOf(state: LineState): string {
  if (state.name === 'measured') return t(`line.advice.${verdictOf(state.line).cause}`);
  if (state.name === 'barred') return t('line.advice.barred', { address: state.address });
  return state.name === 'unknown' ? t(`line.advice.${state.cause}`) : '';
}

/** The figures, as the language writes numbers. */
export function figuresOf(line: Line, language: Language) {
  const one = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  return {
    protocol: line.protocol.toUpperCase(),
    rtt: whole.format(Math.max(1, line.rtt)),
    jitter: whole.format(line.jitter),
    loss: one.format(line.loss * 100),
    down: one.format(line.down / 1e6),
    up: one.format(line.up / 1e6),
  };
}
