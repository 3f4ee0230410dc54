import { useSignal } from '@preact/signals';
import type { ActView, Chain } from '../../gen/api';
import { Icon } from '../../ui/icon';
import { call } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { detailsOf, KINDS, kindOf } from '../model/act';
import { momentText, plusDays, startOf } from '../model/day';
import { ask, query } from '../route';
import { useLoad, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Heading, Scroll } from '../ui/page';
import { chosen, unitName } from '../units';

const PAGE = 100;

/** What the fields of acts are called; another has its own word. */
const FIELDS = {
  code: 'field.code',
  name: 'field.name',
  parent: 'field.parent',
  from: 'field.from',
  unit: 'people.unit',
  details: 'acts.details',
  site: 'acts.site',
  link: 'acts.link',
  person: 'acts.person',
  units: 'acts.units',
  parts: 'acts.parts',
  everywhere: 'acts.everywhere',
} as const;

function Row({ act }: { readonly act: ActView }) {
  const kind = kindOf(act);
  const details = detailsOf(act, unitName);
  return (
    <tr>
      <td class="number">{act.number}</td>
      <td class="number">{momentText(act.at)}</td>
      <td>{act.actor_name ?? t('acts.nobody')}</td>
      <td>{kind === null ? String(act.content.kind) : t(`act.${kind}`)}</td>
      <td>{act.unit_name ?? '–'}</td>
      <td>
        {details.length > 0 && (
          <details>
            <summary>{t('acts.details')}</summary>
            <dl class="facts">
              {details.map(([name, value]) => (
                <div key={name}>
                  <dt>{name in FIELDS ? t(FIELDS[name as keyof typeof FIELDS]) : name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
              <div>
                <dt>SHA-256</dt>
                <dd class="hash">{act.hash}</dd>
              </div>
            </dl>
          </details>
        )}
      </td>
    </tr>
  );
}

/** Whether the record is whole, asked for by a button: the gateway reads all of it. */
function ChainStatus() {
  const chain = useSignal<Chain | null>(null);
  const task = useTask();
  const check = (): Promise<boolean> =>
    task.run(async () => {
      chain.value = (await call('GET /api/v1/acts/chain', {})).value;
      const { holds, acts } = chain.value;
      messages.sayNow(holds ? t('acts.holds', { count: acts }) : t('acts.broken', { number: acts }));
    });
  const known = chain.value;
  return (
    <section class="card" aria-label={t('acts.chain')}>
      <div class="actions">
        <button type="button" disabled={task.busy.value} onClick={() => void check()}>
          {task.busy.value ? t('acts.checking') : t('acts.check')}
        </button>
        {known?.holds === true && (
          <p class="good">
            <Icon name="lock" />
            {t('acts.holds', { count: known.acts })}
          </p>
        )}
        {known?.holds === false && (
          <p class="fault">
            <Icon name="warning" />
            {t('acts.broken', { number: known.acts })}
          </p>
        )}
      </div>
      {typeof known?.head === 'string' && (
        <p class="hint">
          {t('acts.note')} <code class="hash">{known.head}</code>
        </p>
      )}
      <Fault fault={task.fault.value} />
    </section>
  );
}

function Filters() {
  const fields = query.value;
  return (
    <div class="pair">
      <div class="field">
        <label for="acts-kind">{t('acts.kind')}</label>
        <select
          id="acts-kind"
          value={fields.get('kind') ?? ''}
          onChange={(event) => ask({ kind: event.currentTarget.value })}
        >
          <option value="">{t('acts.everyKind')}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`act.${kind}`)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="acts-since">{t('acts.since')}</label>
        <input
          id="acts-since"
          type="date"
          value={fields.get('since') ?? ''}
          onChange={(event) => ask({ since: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="acts-until">{t('acts.until')}</label>
        <input
          id="acts-until"
          type="date"
          value={fields.get('until') ?? ''}
          onChange={(event) => ask({ until: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}

/** The record of acts, the newest first. */
export function Acts() {
  const acts = useSignal<readonly ActView[]>([]);
  const next = useSignal<number | null>(null);
  const more = useTask();
  const kind = query.value.get('kind') ?? '';
  const since = query.value.get('since') ?? '';
  const until = query.value.get('until') ?? '';
  const fetchPage = async (before: number | null, signal?: AbortSignal): Promise<void> => {
    const asked = {
      limit: PAGE,
      ...(kind === '' ? {} : { kind }),
      ...(since === '' ? {} : { from: startOf(since) }),
      ...(until === '' ? {} : { to: startOf(plusDays(until, 1)) }),
      ...(chosen.value === null ? {} : { unit: chosen.value }),
      ...(before === null ? {} : { before }),
    };
    const { value } = await call('GET /api/v1/acts', {
      query: asked,
      ...(signal === undefined ? {} : { signal }),
    });
    acts.value = before === null ? value.items : [...acts.value, ...value.items];
    next.value = value.next ?? null;
  };
  const list = useLoad((signal) => fetchPage(null, signal), [kind, since, until, chosen.value]);
  return (
    <>
      <Heading text={t('acts.title')} />
      <ChainStatus />
      <Filters />
      <Fault fault={list.fault.value ?? more.fault.value} />
      <Scroll label={t('acts.title')}>
        <table>
          <caption class="hidden">{t('acts.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('acts.number')}</th>
              <th scope="col">{t('acts.at')}</th>
              <th scope="col">{t('acts.actor')}</th>
              <th scope="col">{t('acts.what')}</th>
              <th scope="col">{t('people.unit')}</th>
              <th scope="col">{t('acts.details')}</th>
            </tr>
          </thead>
          <tbody>
            {acts.value.map((act) => (
              <Row key={act.number} act={act} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {acts.value.length === 0 && !list.busy.value && <p class="hint">{t('acts.none')}</p>}
      {next.value !== null && (
        <button
          type="button"
          disabled={more.busy.value}
          onClick={() => void more.run(() => fetchPage(next.value))}
        >
          {t('acts.older')}
        </button>
      )}
    </>
  );
}
