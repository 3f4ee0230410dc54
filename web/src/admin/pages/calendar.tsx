import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { BookingView, MeetingView, RoomView } from '../../gen/api';
import { Icon } from '../../ui/icon';
import { byName } from '../../ui/model/text';
import { all, call } from '../api';
import { t } from '../i18n';
import { clock, type Laned, lanes, mondayOf, type Placed, place } from '../model/calendar';
import { dayText, plusDays, startOf, today } from '../model/day';
import { ask, query } from '../route';
import { useLoad } from '../task';
import { Fault } from '../ui/fault';
import { Heading, Scroll } from '../ui/page';
import { chosen, unitName } from '../units';
import { BookingDialog, MeetingDialog, Urgent } from './booking';

/** How much of the calendar is shown. */
type View = 'day' | 'week' | 'list';
const VIEWS: readonly View[] = ['day', 'week', 'list'];

/** Days of the list. */
const LIST_DAYS = 30;
/** Most meetings and rooms of one view. */
const MOST_MEETINGS = 3000;
const MOST_ROOMS = 2000;

/** Height of an hour in rem, and the hour that is at the top when the page comes. */
const HOUR = 3;
const FIRST_HOUR = 7;

/** The least height of a meeting, in hours: it must be hit by a finger. */
const SHORTEST = 0.6;

type Open =
  | { readonly name: 'new' }
  | { readonly name: 'urgent' }
  | { readonly name: 'change'; readonly booking: BookingView }
  | { readonly name: 'meeting'; readonly meeting: MeetingView };

interface Column {
  readonly key: string;
  readonly label: string;
  readonly meetings: readonly Laned[];
}

const titleOf = (meeting: MeetingView): string => meeting.title ?? t('calendar.withheld');

function Block(props: { readonly placed: Laned; readonly room: string; readonly onOpen: () => void }) {
  const { placed } = props;
  const { meeting, start, lane, lanes: of } = placed;
  const end = Math.min(placed.end, 1440);
  const time = `${clock(start)}–${clock(placed.end)}`;
  return (
    <li
      class="block"
      style={{
        top: `${(start / 60) * HOUR}rem`,
        height: `${Math.max((end - start) / 60, SHORTEST) * HOUR}rem`,
        left: `${(lane / of) * 100}%`,
        width: `${100 / of}%`,
      }}
    >
      <button type="button" data-level={meeting.classification} onClick={props.onOpen}>
        <span>{time}</span> <strong>{titleOf(meeting)}</strong> <span>{props.room}</span>{' '}
        <span>{t(`clearance.${meeting.classification}`)}</span>
      </button>
    </li>
  );
}

/** Days or rooms beside each other, hours below each other. */
function Columns(props: {
  readonly columns: readonly Column[];
  readonly roomOf: (meeting: MeetingView) => string;
  readonly onOpen: (meeting: MeetingView) => void;
}) {
  const place_ = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place_.current?.parentElement ?? null;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (box !== null) box.scrollTop = FIRST_HOUR * HOUR * rem;
  }, []);
  return (
    <div class="hours-box">
      <Scroll label={t('calendar.title')}>
        <div ref={place_} class="columns">
          <ol class="hours" aria-hidden="true">
            {Array.from({ length: 24 }, (_, hour) => (
              <li key={hour}>{clock(hour * 60)}</li>
            ))}
          </ol>
          {props.columns.map((column) => (
            <section key={column.key} class="column" aria-label={column.label}>
              <h2>{column.label}</h2>
              <ol>
                {column.meetings.map((placed) => (
                  <Block
                    key={`${placed.meeting.booking} ${placed.meeting.original}`}
                    placed={placed}
                    room={props.roomOf(placed.meeting)}
                    onOpen={() => props.onOpen(placed.meeting)}
                  />
                ))}
              </ol>
            </section>
          ))}
        </div>
      </Scroll>
    </div>
  );
}

function List(props: {
  readonly meetings: readonly Placed[];
  readonly roomOf: (meeting: MeetingView) => string;
  readonly onOpen: (meeting: MeetingView) => void;
}) {
  return (
    <Scroll label={t('calendar.title')}>
      <table>
        <caption class="hidden">{t('calendar.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('calendar.dayOf')}</th>
            <th scope="col">{t('calendar.time')}</th>
            <th scope="col">{t('calendar.what')}</th>
            <th scope="col">{t('calendar.room')}</th>
            <th scope="col">{t('people.unit')}</th>
            <th scope="col">{t('rooms.classification')}</th>
          </tr>
        </thead>
        <tbody>
          {props.meetings.map(({ meeting, day, start, end }) => (
            <tr key={`${meeting.booking} ${meeting.original}`}>
              <td class="number">{dayText(day)}</td>
              <td class="number">
                {clock(start)}–{clock(end)}
              </td>
              <td>
                <button type="button" class="quiet link" onClick={() => props.onOpen(meeting)}>
                  {titleOf(meeting)}
                </button>
                {meeting.moved && <span class="hint"> {t('calendar.moved')}</span>}
              </td>
              <td>{props.roomOf(meeting)}</td>
              <td>{unitName(meeting.unit)}</td>
              <td>
                <span class="label-of" data-level={meeting.classification}>
                  {t(`clearance.${meeting.classification}`)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** First day and the day after the last of a view. */
function rangeOf(view: View, day: string): [string, string] {
  if (view === 'day') return [day, plusDays(day, 1)];
  if (view === 'week') return [mondayOf(day), plusDays(mondayOf(day), 7)];
  return [day, plusDays(day, LIST_DAYS)];
}

async function fetchMeetings(from: string, to: string, unit: number | null, signal: AbortSignal) {
  const within = unit === null ? {} : { unit, below: true };
  const moment = (day: string): string => new Date(startOf(day)).toISOString();
  return all(async (skip) => {
    const asked = { from: moment(from), to: moment(to), limit: 1000, skip: skip ?? 0, ...within };
    return (await call('GET /api/v1/meetings', { query: asked, signal })).value;
  }, MOST_MEETINGS);
}

async function fetchRooms(unit: number | null, signal: AbortSignal): Promise<RoomView[]> {
  const within = unit === null ? {} : { unit, below: true };
  return all(async (after) => {
    const asked = { limit: 1000, ...within, ...(after === undefined ? {} : { after }) };
    return (await call('GET /api/v1/rooms', { query: asked, signal })).value;
  }, MOST_ROOMS);
}

function Bar(props: {
  readonly view: View;
  readonly day: string;
  readonly range: readonly [string, string];
}) {
  const { view, day, range } = props;
  const step = view === 'day' ? 1 : view === 'week' ? 7 : LIST_DAYS;
  const shown = view === 'day' ? dayText(day) : `${dayText(range[0])} – ${dayText(plusDays(range[1], -1))}`;
  return (
    <nav class="actions" aria-label={t('calendar.shown')}>
      {VIEWS.map((one) => (
        <button key={one} type="button" aria-pressed={view === one} onClick={() => ask({ view: one })}>
          {t(`calendar.${one}`)}
        </button>
      ))}
      <button
        type="button"
        class="square"
        aria-label={t('calendar.before')}
        onClick={() => ask({ on: plusDays(day, -step) })}
      >
        <Icon name="previous" />
      </button>
      <button type="button" onClick={() => ask({ on: null })}>
        {t('calendar.today')}
      </button>
      <button
        type="button"
        class="square"
        aria-label={t('calendar.after')}
        onClick={() => ask({ on: plusDays(day, step) })}
      >
        <Icon name="next" />
      </button>
      <label class="inline">
        <span class="hidden">{t('calendar.dayOf')}</span>
        <input type="date" value={day} onChange={(event) => ask({ on: event.currentTarget.value })} />
      </label>
      <p class="range">
        {shown} <span class="hint">GMT+7</span>
      </p>
    </nav>
  );
}

/** Meetings by day, week or as a list, in the rooms of the chosen unit and of all below it. */
export function Calendar() {
  const meetings = useSignal<readonly Placed[]>([]);
  const rooms = useSignal<readonly RoomView[]>([]);
  const open = useSignal<Open | null>(null);
  const round = useSignal(0);
  const day = query.value.get('on') ?? today();
  const view = VIEWS.find((one) => one === query.value.get('view')) ?? 'week';
  const range = rangeOf(view, day);
  const list = useLoad(
    async (signal) => {
      const [found, known] = await Promise.all([
        fetchMeetings(range[0], range[1], chosen.value, signal),
        fetchRooms(chosen.value, signal),
      ]);
      rooms.value = known;
      meetings.value = found.map(place);
    },
    [range[0], range[1], chosen.value, round.value],
  );
  const names = new Map(rooms.value.map((room) => [room.id, room.rules?.title ?? t('rooms.withheld')]));
  const roomOf = (meeting: MeetingView): string => names.get(meeting.room) ?? '–';
  const columns = (): Column[] => {
    if (view === 'day') {
      const used = new Set(meetings.value.map(({ meeting }) => meeting.room));
      const shown = [...names].filter(([id]) => used.has(id)).sort((a, b) => byName(a[1], b[1]));
      return shown.map(([id, label]) => ({
        key: String(id),
        label,
        meetings: lanes(meetings.value.filter(({ meeting }) => meeting.room === id)),
      }));
    }
    return Array.from({ length: 7 }, (_, index) => {
      const date = plusDays(range[0], index);
      const label = `${t(`calendar.weekday.${index as 0}`)} ${dayText(date).slice(0, 5)}`;
      return { key: date, label, meetings: lanes(meetings.value.filter((one) => one.day === date)) };
    });
  };
  const show = (what: Open) => {
    open.value = what;
  };
  const shown = open.value;
  // A dialog that makes place for another closes too, later: it must not take that one along.
  const close = (): void => {
    if (open.peek() === shown) open.value = null;
  };
  const done = (): void => {
    round.value += 1;
  };
  const onOpen = (meeting: MeetingView): void => show({ name: 'meeting', meeting });
  const isEmpty = meetings.value.length === 0 && !list.busy.value;
  return (
    <>
      <Heading text={t('calendar.title')}>
        <div class="actions">
          <button type="button" class="primary" onClick={() => show({ name: 'new' })}>
            {t('calendar.create')}
          </button>
          <button type="button" onClick={() => show({ name: 'urgent' })}>
            {t('calendar.urgent')}
          </button>
        </div>
      </Heading>
      <Bar view={view} day={day} range={range} />
      <Fault fault={list.fault.value} />
      {isEmpty && <p class="hint">{t('calendar.none')}</p>}
      {view === 'list' && !isEmpty && <List meetings={meetings.value} roomOf={roomOf} onOpen={onOpen} />}
      {view !== 'list' && (view === 'week' || !isEmpty) && (
        <Columns key={view} columns={columns()} roomOf={roomOf} onOpen={onOpen} />
      )}
      {shown?.name === 'new' && (
        <BookingDialog booking={null} rooms={rooms.value} day={day} onClose={close} onDone={done} />
      )}
      {shown?.name === 'urgent' && <Urgent onClose={close} onDone={done} />}
      {shown?.name === 'meeting' && (
        <MeetingDialog
          meeting={shown.meeting}
          onChange={(booking) => show({ name: 'change', booking })}
          onClose={close}
          onDone={done}
        />
      )}
      {shown?.name === 'change' && (
        <BookingDialog booking={shown.booking} rooms={rooms.value} day={day} onClose={close} onDone={done} />
      )}
    </>
  );
}
