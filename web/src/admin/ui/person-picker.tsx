import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PersonView } from '../../gen/api';
import { call } from '../api';
import { t } from '../i18n';
import { useLoad } from '../task';
import { unitName } from '../units';
import { Fault } from './fault';

/** People listed at once; typing narrows them. */
const LISTED = 20;
/** A pause in typing after which is searched, in milliseconds. */
const PAUSE = 250;

/** Someone, found by name or code at the gateway; what comes is handed to `onChoose`. */
export function PersonSearch(props: {
  readonly label: string;
  readonly onChoose: (person: PersonView) => void;
}) {
  const typed = useSignal('');
  const sought = useSignal('');
  const found = useSignal<readonly PersonView[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => {
      sought.value = typed.value.trim();
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const list = useLoad(
    async (signal) => {
      if (sought.value === '') {
        found.value = [];
        return;
      }
      const query = { q: sought.value, limit: LISTED };
      found.value = (await call('GET /api/v1/people', { query, signal })).value.items;
    },
    [sought.value],
  );
  const choose = (person: PersonView): void => {
    typed.value = '';
    props.onChoose(person);
  };
  return (
    <div class="field">
      <label class="field">
        <span class="label">{props.label}</span>
        <input
          type="search"
          autocomplete="off"
          placeholder={t('people.search')}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      <Fault fault={list.fault.value} />
      {sought.value !== '' && (
        <ul class="found">
          {found.value.map((person) => (
            <li key={person.id}>
              <button type="button" onClick={() => choose(person)}>
                {person.name}
                <span class="hint">
                  {person.code} · {unitName(person.unit)}
                </span>
              </button>
            </li>
          ))}
          {found.value.length === 0 && !list.busy.value && <li class="hint">{t('people.none')}</li>}
        </ul>
      )}
    </div>
  );
}

/** The names of people that are known by number only. */
const names = new Map<number, string>();

/** A person's name, fetched when it is not known. */
export function PersonName({ id }: { readonly id: number }) {
  const name = useSignal(names.get(id) ?? '…');
  useLoad(
    async (signal) => {
      const known = names.get(id);
      const path = { person: id };
      const text = known ?? (await call('GET /api/v1/people/{person}', { path, signal })).value.name;
      names.set(id, text);
      name.value = text;
    },
    [id],
  );
  return <>{name.value}</>;
}

/** Several people in an order: found, put in, taken out. `most` is one for a single person. */
export function PeopleField(props: {
  readonly label: string;
  readonly value: Signal<readonly number[]>;
  readonly most: number;
}) {
  const { value, most } = props;
  const put = (person: PersonView): void => {
    names.set(person.id, person.name);
    const others = value.value.filter((id) => id !== person.id);
    value.value = [...others, person.id].slice(-most);
  };
  return (
    <fieldset class="picker">
      <legend class="label">{props.label}</legend>
      <ul class="places-of">
        {value.value.map((id) => (
          <li key={id}>
            <span>
              <PersonName id={id} />
            </span>
            <button
              type="button"
              onClick={() => {
                value.value = value.value.filter((one) => one !== id);
              }}
            >
              {t('people.takeOut')}
            </button>
          </li>
        ))}
      </ul>
      <PersonSearch label={t('people.find')} onChoose={put} />
    </fieldset>
  );
}
