import { useSignal } from '@preact/signals';
import type { BookingView, ExpectedView, MeetingView, Outlook, RoomView } from '../../gen/api';
import { Icon } from '../../ui/icon';
import { Confirmation, Modal } from '../../ui/modal';
import { call } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { clock, place } from '../model/calendar';
import { dayText, momentText } from '../model/day';
import { useLoad, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Field } from '../ui/field';
import { unitName } from '../units';
import { Expected, PlanForm, planOf, usePlan } from './plan';
import { RollSummary } from './roll';
import { RulesForm, rulesOf, useRules } from './rules';

interface Closable {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The zone whose clocks this page shows. */
const ZONE = 'Asia/Ho_Chi_Minh';

/** The minutes of a moment's text. */
const short = (moment: string): string => momentText(Date.parse(moment)).slice(0, 16);

/** What a plan comes to: its first meetings, what stands in its way, what would not. */
function Told(props: {
  readonly outlook: Outlook;
  readonly rooms: readonly RoomView[];
  readonly onStart: (start: string) => void;
  readonly onRoom: (room: number) => void;
}) {
  const { outlook } = props;
  const nameOf = (id: number): string =>
    props.rooms.find((room) => room.id === id)?.rules?.title ?? String(id);
  return (
    <div class="form wide">
      <h3>{t('calendar.meetings', { count: outlook.count })}</h3>
      <p>{outlook.meetings.map((span) => short(span.start)).join(' · ')}</p>
      {outlook.conflicts.length > 0 && (
        <div class="warn">
          <p>
            <Icon name="warning" />{' '}
            <strong>{t('calendar.conflicts', { count: outlook.conflicts.length })}</strong>
          </p>
          <ul>
            {outlook.conflicts.map((conflict) => (
              <li key={`${conflict.planned.start} ${conflict.standing.start} ${conflict.shared}`}>
                {t(`calendar.shared.${conflict.shared}`)}: {short(conflict.standing.start)} –{' '}
                {short(conflict.standing.end)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {outlook.starts.length > 0 && (
        <div class="actions">
          <p>{t('calendar.otherStarts')}</p>
          {outlook.starts.map((start) => (
            <button key={start} type="button" onClick={() => props.onStart(start)}>
              {start.slice(11, 16)}
            </button>
          ))}
        </div>
      )}
      {outlook.rooms.length > 0 && (
        <div class="actions">
          <p>{t('calendar.otherRooms')}</p>
          {outlook.rooms.map((room) => (
            <button key={room} type="button" onClick={() => props.onRoom(room)}>
              {nameOf(room)}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** A new booking, or another plan for one that stands: what it comes to is shown before it is kept. */
export function BookingDialog(
  props: Closable & {
    readonly booking: BookingView | null;
    readonly rooms: readonly RoomView[];
    readonly day: string;
  },
) {
  const { booking } = props;
  const fields = usePlan(booking?.plan ?? null, props.day);
  const outlook = useSignal<Outlook | null>(null);
  const task = useTask();
  const told = outlook.value;
  const look = (): Promise<boolean> =>
    task.run(async () => {
      const body = { plan: planOf(fields), ...(booking === null ? {} : { booking: booking.id }) };
      outlook.value = (await call('POST /api/v1/bookings/check', { body })).value;
    });
  const keep = async (): Promise<void> => {
    const body = { plan: planOf(fields), despite_conflicts: (told?.conflicts.length ?? 0) > 0 };
    const done = await task.run(async () => {
      if (booking === null) await call('POST /api/v1/bookings', { body });
      else {
        const path = { booking: booking.id };
        await call('PUT /api/v1/bookings/{booking}', { path, body, seen: booking.revision });
      }
    });
    if (!done) return;
    messages.show({ kind: 'info', text: t('calendar.booked') });
    props.onDone();
    props.onClose();
  };
  const hasConflicts = (told?.conflicts.length ?? 0) > 0;
  const confirm = hasConflicts ? t('calendar.bookAnyway') : t('calendar.book');
  return (
    <Modal
      title={booking === null ? t('calendar.create') : booking.plan.title}
      closeLabel={t('app.close')}
      wide
      onClose={props.onClose}
    >
      <form
        class="form wide"
        onSubmit={(event) => {
          event.preventDefault();
          void (told === null ? look() : keep());
        }}
      >
        <fieldset class="plain" disabled={told !== null}>
          <legend class="hidden">{t('calendar.create')}</legend>
          <PlanForm fields={fields} rooms={props.rooms} />
        </fieldset>
        {told !== null && (
          <Told
            outlook={told}
            rooms={props.rooms}
            onStart={(start) => {
              [fields.day.value, fields.time.value] = [start.slice(0, 10), start.slice(11, 16)];
              void look();
            }}
            onRoom={(room) => {
              fields.room.value = String(room);
              void look();
            }}
          />
        )}
        <Fault fault={task.fault.value} />
        <div class="modal-actions">
          {told !== null && (
            <button
              type="button"
              onClick={() => {
                outlook.value = null;
                task.clear();
              }}
            >
              <Icon name="previous" />
              {t('change.back')}
            </button>
          )}
          <button
            type="submit"
            class={hasConflicts ? 'danger' : 'primary'}
            disabled={task.busy.value || fields.room.value === ''}
          >
            {told === null ? t('change.see') : confirm}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** One meeting: moved or cancelled alone, or the whole booking changed or cancelled. */
export function MeetingDialog(
  props: Closable & { readonly meeting: MeetingView; readonly onChange: (booking: BookingView) => void },
) {
  const { meeting } = props;
  const placed = place(meeting);
  const booking = useSignal<BookingView | null>(null);
  const ending = useSignal<'meeting' | 'booking' | null>(null);
  const day = useSignal(placed.day);
  const time = useSignal(clock(placed.start));
  const minutes = useSignal(String(placed.end - placed.start));
  const task = useTask();
  const path = { booking: meeting.booking };
  const list = useLoad(
    async (signal) => {
      booking.value = (await call('GET /api/v1/bookings/{booking}', { path, signal })).value;
    },
    [meeting.booking],
  );
  const known = booking.value;
  const act = async (work: (seen: number) => Promise<unknown>, text: string): Promise<void> => {
    if (known === null) return;
    const done = await task.run(async () => {
      await work(known.revision);
    });
    if (!done) return;
    messages.show({ kind: 'info', text });
    props.onDone();
    props.onClose();
  };
  const one = { ...path, original: meeting.original };
  const move = (event: Event): void => {
    event.preventDefault();
    const body = { start: `${day.value}T${time.value}`, minutes: Number(minutes.value) };
    const work = (seen: number) =>
      call('PUT /api/v1/bookings/{booking}/meetings/{original}', { path: one, body, seen });
    void act(work, t('calendar.movedNow'));
  };
  const cancel = (): void => {
    if (ending.value === 'booking') {
      void act(
        (seen) => call('POST /api/v1/bookings/{booking}/cancel', { path, seen }),
        t('calendar.cancelled'),
      );
      return;
    }
    const work = (seen: number) =>
      call('DELETE /api/v1/bookings/{booking}/meetings/{original}', { path: one, seen });
    void act(work, t('calendar.cancelled'));
  };
  const title = meeting.title ?? t('calendar.withheld');
  return (
    <Modal title={title} closeLabel={t('app.close')} onClose={props.onClose}>
      <div class="form wide">
        <p>
          {dayText(placed.day)} {clock(placed.start)}–{clock(placed.end)} ·{' '}
          {t(`clearance.${meeting.classification}`)} · {unitName(meeting.unit)}
        </p>
        {(known === null || (known.plan.zone ?? ZONE) === ZONE) && (
          <form class="form wide" onSubmit={move}>
            <h3>{meeting.recurs ? t('calendar.thisOne') : t('calendar.moveTo')}</h3>
            <div class="pair">
              <Field label={t('calendar.dayOf')} type="date" value={day} required />
              <Field label={t('calendar.start')} type="time" value={time} required />
            </div>
            <Field label={t('calendar.minutes')} type="number" min="1" max="1440" value={minutes} required />
            <div class="actions">
              <button type="submit" disabled={known === null || task.busy.value}>
                {t('calendar.move')}
              </button>
              {meeting.recurs && (
                <button
                  type="button"
                  disabled={known === null}
                  onClick={() => {
                    ending.value = 'meeting';
                  }}
                >
                  {t('calendar.cancelOne')}
                </button>
              )}
            </div>
          </form>
        )}
        <Fault fault={list.fault.value ?? task.fault.value} />
        <RollSummary meeting={meeting} />
        <div class="modal-actions">
          <button
            type="button"
            class="danger"
            disabled={known === null}
            onClick={() => {
              ending.value = 'booking';
            }}
          >
            {meeting.recurs ? t('calendar.cancelAll') : t('calendar.cancel')}
          </button>
          <button
            type="button"
            class="primary"
            disabled={known === null}
            onClick={() => known !== null && props.onChange(known)}
          >
            {meeting.recurs ? t('calendar.changeAll') : t('calendar.change')}
          </button>
        </div>
      </div>
      {ending.value !== null && (
        <Confirmation
          title={ending.value === 'meeting' ? t('calendar.cancelOne') : t('calendar.cancel')}
          text={
            ending.value === 'meeting'
              ? t('calendar.cancelOneText')
              : t('calendar.cancelText', { name: title })
          }
          safe={t('app.cancel')}
          danger={ending.value === 'meeting' ? t('calendar.cancelOne') : t('calendar.cancel')}
          onClose={() => {
            ending.value = null;
          }}
          onConfirm={cancel}
        />
      )}
    </Modal>
  );
}

/** Minutes of a briefing that is called at once. */
const URGENT_MINUTES = 60;

/** A briefing that begins at once, in a room made for it. */
export function Urgent({ onClose, onDone }: Closable) {
  const fields = useRules(null);
  const minutes = useSignal(String(URGENT_MINUTES));
  const expected = useSignal<readonly ExpectedView[]>([]);
  const task = useTask();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const rules = { ...rulesOf(fields), standing: 'one_time' as const, opening: 'booked' as const };
    const body = { rules, minutes: Number(minutes.value), expected: expected.value };
    const done = await task.run(async () => {
      await call('POST /api/v1/bookings/now', { body });
    });
    if (!done) return;
    messages.show({ kind: 'info', text: t('calendar.urgentDone') });
    onDone();
    onClose();
  };
  return (
    <Modal title={t('calendar.urgent')} closeLabel={t('app.close')} wide onClose={onClose}>
      <form class="form wide" onSubmit={(event) => void submit(event)}>
        <p class="hint">{t('calendar.urgentHint')}</p>
        <RulesForm fields={fields} />
        <Field label={t('calendar.minutes')} type="number" min="1" max="1440" value={minutes} required />
        <Expected value={expected} />
        <Fault fault={task.fault.value} />
        <div class="modal-actions">
          <button type="submit" class="danger" disabled={task.busy.value}>
            {t('calendar.urgentStart')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
