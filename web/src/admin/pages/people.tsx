import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { AppointmentView, PersonView } from '../../gen/api';
import { all, call } from '../api';
import { t } from '../i18n';
import { ask, query } from '../route';
import { useLoad, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Heading, Scroll } from '../ui/page';
import { TableImport } from '../ui/table-import';
import { chosen, day, unitName } from '../units';
import { CreatePerson, Person } from './person';

const PAGE = 100;
/** A pause in typing after which is searched, in milliseconds. */
const PAUSE = 250;

/** Most appointments that are shown beside people. */
const APPOINTMENTS = 5000;

async function appointmentsOf(): Promise<readonly AppointmentView[]> {
  return all(async (after) => {
    const asked = { limit: 1000, ...(after === undefined ? {} : { after }) };
    return (await call('GET /api/v1/appointments', { query: asked })).value;
  }, APPOINTMENTS);
}

function Rows(props: {
  readonly people: readonly PersonView[];
  readonly appointments: readonly AppointmentView[];
  readonly onOpen: (person: PersonView) => void;
}) {
  const held = Map.groupBy(props.appointments, (one) => one.person);
  return (
    <Scroll label={t('people.title')}>
      <table>
        <caption class="hidden">{t('people.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('field.code')}</th>
            <th scope="col">{t('people.name')}</th>
            <th scope="col">{t('people.rank')}</th>
            <th scope="col">{t('people.duty')}</th>
            <th scope="col">{t('people.unit')}</th>
            <th scope="col">{t('people.clearance')}</th>
            <th scope="col">{t('people.administers')}</th>
          </tr>
        </thead>
        <tbody>
          {props.people.map((person) => (
            <tr key={person.id}>
              <td>{person.code}</td>
              <td>
                <button type="button" class="quiet link" onClick={() => props.onOpen(person)}>
                  {person.name}
                </button>
              </td>
              <td>{person.rank}</td>
              <td>{person.duty}</td>
              <td>{unitName(person.unit)}</td>
              <td>{t(`clearance.${person.clearance}`)}</td>
              <td>
                {(held.get(person.id) ?? [])
                  .map((one) => (typeof one.unit === 'number' ? unitName(one.unit) : t('units.all')))
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The people of the chosen unit and of all below it, found by name or code. */
export function People() {
  const id = useId();
  const people = useSignal<readonly PersonView[]>([]);
  const next = useSignal<number | null>(null);
  const appointments = useSignal<readonly AppointmentView[]>([]);
  const typed = useSignal(query.peek().get('q') ?? '');
  const open = useSignal<PersonView | 'new' | 'import' | null>(null);
  const round = useSignal(0);
  const more = useTask();
  const sought = query.value.get('q') ?? '';
  const fetchPage = async (after: number | null, signal?: AbortSignal): Promise<void> => {
    const asked = {
      limit: PAGE,
      as_of: day.value,
      ...(sought === '' ? {} : { q: sought }),
      ...(chosen.value === null ? {} : { unit: chosen.value, below: true }),
      ...(after === null ? {} : { after }),
    };
    const { value } = await call('GET /api/v1/people', {
      query: asked,
      ...(signal === undefined ? {} : { signal }),
    });
    people.value = after === null ? value.items : [...people.value, ...value.items];
    next.value = value.next ?? null;
  };
  const list = useLoad((signal) => fetchPage(null, signal), [sought, chosen.value, day.value, round.value]);
  useEffect(() => {
    void appointmentsOf().then(
      (held) => {
        appointments.value = held;
      },
      // The list itself says when the gateway does not answer.
      () => {},
    );
  }, [round.value]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.value !== sought) ask({ q: typed.value });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const again = (): void => {
    round.value += 1;
  };
  const close = (): void => {
    open.value = null;
  };
  const shown = open.value;
  return (
    <>
      <Heading text={t('people.title')} />
      <div class="actions">
        <div class="field grow">
          <label for={id}>{t('people.search')}</label>
          <input
            id={id}
            type="search"
            autocomplete="off"
            value={typed.value}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
        </div>
        <button
          type="button"
          class="primary"
          onClick={() => {
            open.value = 'new';
          }}
        >
          {t('people.create')}
        </button>
        <button
          type="button"
          onClick={() => {
            open.value = 'import';
          }}
        >
          {t('units.import')}
        </button>
        <a class="button" href="/api/v1/people.csv" download="people.csv">
          {t('units.export')}
        </a>
      </div>
      <Fault fault={list.fault.value ?? more.fault.value} />
      <Rows
        people={people.value}
        appointments={appointments.value}
        onOpen={(person) => {
          open.value = person;
        }}
      />
      {people.value.length === 0 && !list.busy.value && <p class="hint">{t('people.none')}</p>}
      {next.value !== null && (
        <button
          type="button"
          disabled={more.busy.value}
          onClick={() => void more.run(() => fetchPage(next.value))}
        >
          {t('list.more')}
        </button>
      )}
      {shown === 'new' && <CreatePerson onClose={close} onDone={again} />}
      {shown === 'import' && (
        <TableImport
          title={t('people.import')}
          table="people"
          columns="code, name, unit, rank, duty, clearance, mail"
          onClose={close}
          onDone={again}
        />
      )}
      {shown !== null && typeof shown === 'object' && (
        <Person
          person={shown}
          appointments={appointments.value.filter((one) => one.person === shown.id)}
          onClose={close}
          onChanged={again}
        />
      )}
    </>
  );
}
