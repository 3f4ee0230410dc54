import { useSignal } from '@preact/signals';
import type { MeetingView, RollLine, RollView } from '../../gen/api';
import { call } from '../api';
import { t } from '../i18n';
import { useLoad } from '../task';
import { Fault } from '../ui/fault';

/** A line with the unit above it, which tells units of the same name apart. */
const nameOf = (line: RollLine): string =>
  typeof line.parent_name === 'string' ? `${line.name} (${line.parent_name})` : line.name;

const keyOf = (line: RollLine): string => `${line.unit ?? ''} ${line.person ?? ''}`;

/** Expected against present, with the absent and the late by name; the whole roll as a table. */
export function RollSummary({ meeting }: { readonly meeting: MeetingView }) {
  const roll = useSignal<RollView | null>(null);
  const path = { booking: meeting.booking, original: meeting.original };
  const list = useLoad(
    async (signal) => {
      const roll_ = 'GET /api/v1/bookings/{booking}/meetings/{original}/roll';
      roll.value = (await call(roll_, { path, signal })).value;
    },
    [meeting.booking, meeting.original],
  );
  const known = roll.value;
  const begun = Date.parse(meeting.start) <= Date.now();
  const lines = known?.lines ?? [];
  const absent = begun ? lines.filter((line) => !line.present && typeof line.came !== 'string') : [];
  const late = lines.filter((line) => typeof line.late === 'number' && line.late > 0);
  const table = `/api/v1/bookings/${meeting.booking}/meetings/${encodeURIComponent(meeting.original)}/roll.csv`;
  return (
    <section class="card" aria-label={t('roll.title')}>
      <h3>{t('roll.title')}</h3>
      <Fault fault={list.fault.value} />
      {known !== null && !begun && <p>{t('roll.expected', { count: known.expected })}</p>}
      {known !== null && begun && (
        <p>
          {t('roll.sum', {
            present: known.present,
            expected: known.expected,
            late: known.late,
            absent: known.absent,
          })}{' '}
          {known.unexpected.length > 0 && t('roll.unexpected', { count: known.unexpected.length })}
        </p>
      )}
      {absent.length > 0 && (
        <details>
          <summary>
            {t('roll.absent')} ({absent.length})
          </summary>
          <ul>
            {absent.map((line) => (
              <li key={keyOf(line)}>{nameOf(line)}</li>
            ))}
          </ul>
        </details>
      )}
      {late.length > 0 && (
        <details>
          <summary>
            {t('roll.late')} ({late.length})
          </summary>
          <ul>
            {late.map((line) => (
              <li key={keyOf(line)}>{t('roll.lateBy', { name: nameOf(line), minutes: line.late ?? 0 })}</li>
            ))}
          </ul>
        </details>
      )}
      <p>
        <a class="button" href={table} download="roll.csv">
          {t('roll.csv')}
        </a>
      </p>
    </section>
  );
}
