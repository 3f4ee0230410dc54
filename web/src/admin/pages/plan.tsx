import { type Signal, useSignal } from '@preact/signals';
import type { ExpectedView, PlanView, RoomView } from '../../gen/api';
import { t } from '../i18n';
import { choiceOf, RECURRENCES, type Recurrence, ruleOf } from '../model/calendar';
import { Field, Select } from '../ui/field';
import { PeopleField, PersonName, PersonSearch } from '../ui/person-picker';
import { Picker, UnitPicker } from '../ui/picker';
import { unitName } from '../units';

/** A meeting's usual length, and how long before it the door opens, in minutes. */
const USUAL_MINUTES = 60;
const USUAL_OPENING = 15;

/** The fields of a booking while they are filled in. */
export interface PlanFields {
  readonly room: Signal<string>;
  readonly title: Signal<string>;
  readonly day: Signal<string>;
  readonly time: Signal<string>;
  readonly minutes: Signal<string>;
  readonly opens: Signal<string>;
  readonly recurrence: Signal<string>;
  readonly times: Signal<string>;
  readonly expected: Signal<readonly ExpectedView[]>;
  readonly chair: Signal<readonly number[]>;
  /** A rule that this page did not make, and keeps. */
  readonly foreign: string | null;
  /** The zone by whose clocks a booking was made; Vietnam's for what this page makes. */
  readonly zone: string | null;
}

/** Fields that begin with a plan, or with what is usual. */
export function usePlan(plan: PlanView | null, day: string): PlanFields {
  const [first = day, time = '08:00'] = plan?.start.split('T') ?? [];
  const choice = choiceOf(plan?.recurrence, first);
  return {
    room: useSignal(plan === null ? '' : String(plan.room)),
    title: useSignal(plan?.title ?? ''),
    day: useSignal(first),
    time: useSignal(time.slice(0, 5)),
    minutes: useSignal(String(plan?.minutes ?? USUAL_MINUTES)),
    opens: useSignal(String(plan?.opens_before ?? USUAL_OPENING)),
    recurrence: useSignal<string>(choice?.[0] ?? 'kept'),
    times: useSignal(choice?.[1] ?? ''),
    expected: useSignal<readonly ExpectedView[]>(plan?.expected ?? []),
    chair: useSignal<readonly number[]>(typeof plan?.chair === 'number' ? [plan.chair] : []),
    foreign: choice === null ? (plan?.recurrence ?? null) : null,
    zone: plan?.zone ?? null,
  };
}

/** What the fields say. */
export function planOf(fields: PlanFields): PlanView {
  const { recurrence, day, times, foreign } = fields;
  const rule =
    recurrence.value === 'kept' ? foreign : ruleOf(recurrence.value as Recurrence, day.value, times.value);
  const [chair] = fields.chair.value;
  return {
    room: Number(fields.room.value),
    title: fields.title.value,
    start: `${day.value}T${fields.time.value}`,
    minutes: Number(fields.minutes.value),
    opens_before: Number(fields.opens.value),
    expected: fields.expected.value,
    ...(fields.zone === null ? {} : { zone: fields.zone }),
    ...(rule === null ? {} : { recurrence: rule }),
    ...(chair === undefined ? {} : { chair }),
  };
}

const keyOf = (one: ExpectedView): string => JSON.stringify(one);

/** Who is expected: units, subtrees, people. */
export function Expected({ value }: { readonly value: Signal<readonly ExpectedView[]> }) {
  const unit = useSignal('');
  const below = useSignal(true);
  const put = (one: ExpectedView): void => {
    if (!value.value.some((other) => keyOf(other) === keyOf(one))) value.value = [...value.value, one];
  };
  return (
    <fieldset class="picker">
      <legend class="label">{t('calendar.expected')}</legend>
      <p class="hint">{t('calendar.expectedHint')}</p>
      <ul class="places-of">
        {value.value.map((one) => (
          <li key={keyOf(one)}>
            <span>
              {one.kind === 'person' ? <PersonName id={one.person} /> : unitName(one.unit)}
              {one.kind === 'subtree' && ` · ${t('rooms.andBelow')}`}
            </span>
            <button
              type="button"
              onClick={() => {
                value.value = value.value.filter((other) => other !== one);
              }}
            >
              {t('people.takeOut')}
            </button>
          </li>
        ))}
      </ul>
      <UnitPicker label={t('people.unit')} value={unit} />
      <label class="check">
        <input
          type="checkbox"
          checked={below.value}
          onChange={(event) => {
            below.value = event.currentTarget.checked;
          }}
        />
        {t('rooms.andBelow')}
      </label>
      <button
        type="button"
        disabled={unit.value === ''}
        onClick={() => {
          put({ kind: below.value ? 'subtree' : 'unit', unit: Number(unit.value) });
          unit.value = '';
        }}
      >
        {t('rooms.putIn')}
      </button>
      <PersonSearch
        label={t('people.find')}
        onChoose={(person) => put({ kind: 'person', person: person.id })}
      />
    </fieldset>
  );
}

/** The fields of a booking. */
export function PlanForm({
  fields,
  rooms,
}: {
  readonly fields: PlanFields;
  readonly rooms: readonly RoomView[];
}) {
  const options = rooms.flatMap((room) =>
    room.rules === undefined || room.rules === null
      ? []
      : [
          {
            value: String(room.id),
            label: room.rules.title,
            detail: `${t(`clearance.${room.classification}`)} · ${unitName(room.unit)}`,
          },
        ],
  );
  return (
    <div class="sections">
      <div class="form wide">
        <Field label={t('calendar.what')} value={fields.title} maxLength={200} required autofocus />
        <Picker label={t('calendar.room')} options={options} value={fields.room} />
        <div class="pair">
          <Field label={t('calendar.dayOf')} type="date" value={fields.day} required />
          <Field label={t('calendar.start')} type="time" value={fields.time} required />
        </div>
        <div class="pair">
          <Field
            label={t('calendar.minutes')}
            type="number"
            min="1"
            max="1440"
            value={fields.minutes}
            required
          />
          <Field label={t('calendar.opens')} type="number" min="0" max="1440" value={fields.opens} required />
        </div>
        <div class="pair">
          <Select label={t('calendar.recurrence')} value={fields.recurrence}>
            {fields.foreign !== null && <option value="kept">{fields.foreign}</option>}
            {RECURRENCES.map((one) => (
              <option key={one} value={one}>
                {t(`calendar.recurrence.${one}`)}
              </option>
            ))}
          </Select>
          {fields.recurrence.value !== 'once' && fields.recurrence.value !== 'kept' && (
            <Field
              label={t('calendar.times')}
              hint={t('calendar.timesHint')}
              type="number"
              min="2"
              max="1000"
              value={fields.times}
            />
          )}
        </div>
      </div>
      <div class="form wide">
        <PeopleField label={t('rooms.chair')} value={fields.chair} most={1} />
        <Expected value={fields.expected} />
      </div>
    </div>
  );
}
