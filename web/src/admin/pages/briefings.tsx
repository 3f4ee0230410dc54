import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Briefing } from '../../gen/api';
import { call } from '../api';
import { t } from '../i18n';
import { clock, place } from '../model/calendar';
import { dayText, today } from '../model/day';
import { useLoad, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Heading } from '../ui/page';

/** How often the list is fetched anew, in milliseconds: a door that opens is seen. */
const ROUND = 20_000;

/** Day and time of a briefing; today's day is not said. */
function when(briefing: Briefing): string {
  const { day, start, end } = place(briefing);
  const time = `${clock(start)}–${clock(end)}`;
  return day === today() ? time : `${dayText(day)} ${time}`;
}

function Card({ briefing, isOpen }: { readonly briefing: Briefing; readonly isOpen: boolean }) {
  const task = useTask();
  const enter = (): Promise<boolean> =>
    task.run(async () => {
      const path = { room: briefing.room };
      const { value } = await call('POST /api/v1/me/rooms/{room}/enter', { path });
      const url = new URL(value.url, location.origin);
      // The gateway names a room of its own, and nothing else is gone to.
      if (url.origin === location.origin && url.pathname.startsWith('/r/')) location.assign(url);
    });
  const opens = clock(place({ ...briefing, start: briefing.opens }).start);
  return (
    <li class="card briefing">
      <p class="when">{when(briefing)}</p>
      <h3>{briefing.title}</h3>
      <p class="hint">
        <span class="label-of" data-level={briefing.classification}>
          {t(`clearance.${briefing.classification}`)}
        </span>{' '}
        · {t(`rooms.role.${briefing.role}`)}
      </p>
      {isOpen ? (
        <button
          type="button"
          class="primary join"
          aria-label={t('briefings.joinOf', { name: briefing.title })}
          disabled={task.busy.value}
          onClick={() => void enter()}
        >
          {t('briefings.join')}
        </button>
      ) : (
        <p>{t('briefings.opens', { time: opens })}</p>
      )}
      <Fault fault={task.fault.value} />
    </li>
  );
}

/** What I am called to: now, with one button that leads in, and next. */
export function Briefings() {
  const found = useSignal<readonly Briefing[]>([]);
  const now = useSignal(Date.now());
  const round = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => {
      round.value += 1;
    }, ROUND);
    return () => clearInterval(timer);
  }, []);
  const list = useLoad(
    async (signal) => {
      found.value = (await call('GET /api/v1/me/briefings', { signal })).value;
      now.value = Date.now();
    },
    [round.value],
  );
  const isOpen = (one: Briefing): boolean => Date.parse(one.opens) <= now.value;
  const open = found.value.filter(isOpen);
  const next = found.value.filter((one) => !isOpen(one));
  const isEmpty = found.value.length === 0 && !list.busy.value && list.fault.value === null;
  return (
    <>
      <Heading text={t('briefings.title')} />
      <Fault fault={list.fault.value} />
      {isEmpty && <p class="hint">{t('briefings.none')}</p>}
      {open.length > 0 && (
        <>
          <h2>{t('briefings.now')}</h2>
          <ul class="cards">
            {open.map((one) => (
              <Card key={`${one.booking} ${one.start}`} briefing={one} isOpen={true} />
            ))}
          </ul>
        </>
      )}
      {next.length > 0 && (
        <>
          <h2>{t('briefings.next')}</h2>
          <ul class="cards">
            {next.map((one) => (
              <Card key={`${one.booking} ${one.start}`} briefing={one} isOpen={false} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}
