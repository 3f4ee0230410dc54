import { useEffect } from 'preact/hooks';
import { language, t } from '../i18n';
import type { LineState } from '../state/room';
import { useScope } from './context';
import { Icon } from './icon';
import { adviceOf, figuresOf, judgementOf } from './model/line';

const TONES = { good: 'good', fair: 'fair', weak: 'weak', barred: 'weak', unknown: 'unknown' } as const;

function Outcome({ state }: { readonly state: LineState }) {
  const figures = state.name === 'measured' ? figuresOf(state.line, language.value) : null;
  const judgement = judgementOf(state);
  if (judgement === null) return null;
  return (
    <div class="line-outcome" data-line={TONES[judgement]}>
      <Icon name={judgement === 'good' ? 'check' : 'warning'} />
      <p>
        {figures !== null && (
          <>
            <span class="hidden">{t('line.said', figures)}</span>
            <span class="line-figures" aria-hidden="true">
              {t('line.figures', figures)}
            </span>
          </>
        )}
        <strong>{t(`line.${judgement}`)}</strong> {adviceOf(state)}
      </p>
    </div>
  );
}

/** What the line to the gateway bears: measured once by itself, and again on a click. */
export function LineTest() {
  const { room, view } = useScope();
  const state = room.line.value;
  const testing = state.name === 'testing';
  useEffect(() => {
    const judgement = judgementOf(state);
    if (judgement !== null)
      view.messages.say(() => `${t('line.label')}: ${t(`line.${judgement}`)} ${adviceOf(state)}`);
  }, [state]);
  return (
    <section class="line" aria-labelledby="line-label">
      <div class="line-head">
        <h2 id="line-label">{t('line.label')}</h2>
        <button type="button" aria-disabled={testing} onClick={() => !testing && room.testLine()}>
          {t(testing ? 'line.testing' : state.name === 'idle' ? 'line.test' : 'line.again')}
        </button>
      </div>
      <Outcome state={state} />
    </section>
  );
}
