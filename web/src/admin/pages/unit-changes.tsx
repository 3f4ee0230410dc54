import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PersonView, Thought, UnitView } from '../../gen/api';
import { Icon } from '../../ui/icon';
import { call } from '../api';
import { t } from '../i18n';
import { today } from '../model/day';
import { ask } from '../route';
import { UnitChange } from '../ui/change';
import { Field } from '../ui/field';
import { UnitPicker } from '../ui/picker';

interface Closable {
  readonly onClose: () => void;
}

const numberOf = (text: string): number | null => (text === '' ? null : Number(text));

/** A unit below another one, or at the top. */
export function CreateUnit({ parent, onClose }: Closable & { readonly parent: UnitView | null }) {
  const code = useSignal('');
  const name = useSignal('');
  const above = useSignal(parent === null ? '' : String(parent.id));
  const from = useSignal(today());
  const body = () => ({
    code: code.value,
    name: name.value,
    parent: numberOf(above.value),
    from: from.value,
  });
  return (
    <UnitChange
      title={t('units.create')}
      done={t('units.created')}
      thought={() => ({ kind: 'create', ...body() })}
      commit={() => call('POST /api/v1/units', { body: body() })}
      onClose={onClose}
    >
      <div class="pair">
        <Field
          label={t('field.code')}
          hint={t('field.codeHint')}
          value={code}
          maxLength={40}
          required
          autofocus
        />
        <Field label={t('field.name')} value={name} maxLength={200} required />
      </div>
      <UnitPicker label={t('field.parent')} value={above} none={t('units.top')} />
      <Field label={t('field.from')} type="date" value={from} required />
    </UnitChange>
  );
}

/** Another name from a day on. */
export function RenameUnit({ unit, onClose }: Closable & { readonly unit: UnitView }) {
  const name = useSignal(unit.name);
  const from = useSignal(today());
  const body = () => ({ name: name.value, from: from.value });
  return (
    <UnitChange
      title={t('units.renameOf', { name: unit.name })}
      done={t('units.renamed')}
      thought={() => ({ kind: 'rename', unit: unit.id, ...body() })}
      commit={() =>
        call('POST /api/v1/units/{unit}/rename', {
          path: { unit: unit.id },
          body: body(),
          seen: unit.revision,
        })
      }
      onClose={onClose}
    >
      <Field label={t('field.name')} value={name} maxLength={200} required autofocus />
      <Field label={t('field.from')} type="date" value={from} required />
    </UnitChange>
  );
}

/** Another place in the tree from a day on. */
export function MoveUnit({ unit, onClose }: Closable & { readonly unit: UnitView }) {
  const above = useSignal(typeof unit.parent === 'number' ? String(unit.parent) : '');
  const from = useSignal(today());
  const body = () => ({ parent: numberOf(above.value), from: from.value });
  return (
    <UnitChange
      title={t('units.moveOf', { name: unit.name })}
      done={t('units.moved')}
      thought={() => ({ kind: 'move', unit: unit.id, ...body() })}
      commit={() =>
        call('POST /api/v1/units/{unit}/move', { path: { unit: unit.id }, body: body(), seen: unit.revision })
      }
      onClose={onClose}
    >
      <UnitPicker label={t('field.parent')} value={above} without={[unit.id]} none={t('units.top')} />
      <Field label={t('field.from')} type="date" value={from} required />
    </UnitChange>
  );
}

/** One new unit in the place of several. */
export function MergeUnits({ units, onClose }: Closable & { readonly units: readonly UnitView[] }) {
  const code = useSignal('');
  const name = useSignal('');
  const parent = units[0]?.parent;
  const above = useSignal(typeof parent === 'number' ? String(parent) : '');
  const from = useSignal(today());
  const body = () => ({
    units: units.map((unit) => unit.id),
    code: code.value,
    name: name.value,
    parent: numberOf(above.value),
    from: from.value,
  });
  return (
    <UnitChange
      title={t('units.mergeOf', { count: units.length })}
      done={t('units.merged')}
      thought={() => ({ kind: 'merge', ...body() })}
      commit={() => call('POST /api/v1/units/merge', { body: body() })}
      onDone={() => ask({ unit: above.peek() })}
      onClose={onClose}
    >
      <p>{units.map((unit) => unit.name).join(' + ')}</p>
      <p class="hint">{t('units.mergeHint')}</p>
      <div class="pair">
        <Field
          label={t('field.code')}
          hint={t('field.codeHint')}
          value={code}
          maxLength={40}
          required
          autofocus
        />
        <Field label={t('field.name')} value={name} maxLength={200} required />
      </div>
      <UnitPicker
        label={t('field.parent')}
        value={above}
        without={units.map((unit) => unit.id)}
        none={t('units.top')}
      />
      <Field label={t('field.from')} type="date" value={from} required />
    </UnitChange>
  );
}

/** The end of a unit. */
export function AbolishUnit({ unit, onClose }: Closable & { readonly unit: UnitView }) {
  const from = useSignal(today());
  const body = () => ({ from: from.value });
  return (
    <UnitChange
      title={t('units.abolishOf', { name: unit.name })}
      done={t('units.abolished')}
      thought={() => ({ kind: 'abolish', unit: unit.id, ...body() })}
      commit={() =>
        call('POST /api/v1/units/{unit}/abolish', {
          path: { unit: unit.id },
          body: body(),
          seen: unit.revision,
        })
      }
      onDone={() => ask({ unit: typeof unit.parent === 'number' ? String(unit.parent) : null })}
      onClose={onClose}
    >
      <p class="hint">{t('units.abolishHint')}</p>
      <Field label={t('units.firstDayWithout')} type="date" value={from} required />
    </UnitChange>
  );
}

interface PartFields {
  readonly key: number;
  readonly code: string;
  readonly name: string;
}

/** Which of the parts something goes to. */
function PartChoice(props: {
  readonly label: string;
  readonly parts: readonly PartFields[];
  readonly value: number;
  readonly onChange: (key: number) => void;
}) {
  return (
    <select
      aria-label={props.label}
      value={String(props.value)}
      onChange={(event) => props.onChange(Number(event.currentTarget.value))}
    >
      {props.parts.map((part, index) => (
        <option key={part.key} value={String(part.key)}>
          {part.name === '' ? t('units.part', { number: index + 1 }) : part.name}
        </option>
      ))}
    </select>
  );
}

/** Several new units in the place of one. */
export function SplitUnit(
  props: Closable & { readonly unit: UnitView; readonly below: readonly UnitView[] },
) {
  const { unit, below: children } = props;
  const parts = useSignal<readonly PartFields[]>([
    { key: 1, code: '', name: '' },
    { key: 2, code: '', name: '' },
  ]);
  const people = useSignal<readonly PersonView[]>([]);
  const places = useSignal<Readonly<Record<string, number>>>({});
  const from = useSignal(today());
  useEffect(() => {
    void call('GET /api/v1/people', { query: { unit: unit.id, limit: 1000 } }).then(
      (answer) => {
        people.value = answer.value.items;
      },
      // Whom no part names goes to the first, as the hint says.
      () => {},
    );
  }, [unit.id]);
  const placeOf = (key: string): number => places.value[key] ?? parts.value[0]?.key ?? 1;
  const put = (key: string, part: number): void => {
    places.value = { ...places.value, [key]: part };
  };
  const body = () => ({
    parts: parts.value.map((part) => ({
      code: part.code,
      name: part.name,
      children: children.filter((child) => placeOf(`u${child.id}`) === part.key).map((child) => child.id),
      people: people.value.filter((one) => placeOf(`p${one.id}`) === part.key).map((one) => one.id),
    })),
    from: from.value,
  });
  const change = (key: number, fields: Partial<PartFields>): void => {
    parts.value = parts.value.map((part) => (part.key === key ? { ...part, ...fields } : part));
  };
  const thought = (): Thought => ({ kind: 'split', unit: unit.id, ...body() });
  return (
    <UnitChange
      title={t('units.splitOf', { name: unit.name })}
      done={t('units.splitDone')}
      thought={thought}
      commit={() =>
        call('POST /api/v1/units/{unit}/split', {
          path: { unit: unit.id },
          body: body(),
          seen: unit.revision,
        })
      }
      onDone={() => ask({ unit: typeof unit.parent === 'number' ? String(unit.parent) : null })}
      onClose={props.onClose}
    >
      {parts.value.map((part, index) => (
        <div key={part.key} class="pair">
          <label class="field">
            <span class="label">{t('units.partCode', { number: index + 1 })}</span>
            <input
              value={part.code}
              required
              maxLength={40}
              onInput={(event) => change(part.key, { code: event.currentTarget.value })}
            />
          </label>
          <label class="field">
            <span class="label">{t('units.partName', { number: index + 1 })}</span>
            <input
              value={part.name}
              required
              maxLength={200}
              onInput={(event) => change(part.key, { name: event.currentTarget.value })}
            />
          </label>
        </div>
      ))}
      <div class="actions">
        <button
          type="button"
          onClick={() => {
            const key = Math.max(...parts.value.map((part) => part.key)) + 1;
            parts.value = [...parts.value, { key, code: '', name: '' }];
          }}
        >
          {t('units.addPart')}
        </button>
        {parts.value.length > 2 && (
          <button
            type="button"
            onClick={() => {
              parts.value = parts.value.slice(0, -1);
            }}
          >
            <Icon name="close" />
            {t('units.dropPart')}
          </button>
        )}
      </div>
      <p class="hint">{t('units.splitHint')}</p>
      <ul class="places-of">
        {children.map((child) => (
          <li key={child.id}>
            <span>{child.name}</span>
            <PartChoice
              label={t('units.goesTo', { name: child.name })}
              parts={parts.value}
              value={placeOf(`u${child.id}`)}
              onChange={(part) => put(`u${child.id}`, part)}
            />
          </li>
        ))}
        {people.value.map((person) => (
          <li key={`p${person.id}`}>
            <span>{person.name}</span>
            <PartChoice
              label={t('units.goesTo', { name: person.name })}
              parts={parts.value}
              value={placeOf(`p${person.id}`)}
              onChange={(part) => put(`p${person.id}`, part)}
            />
          </li>
        ))}
      </ul>
      <Field label={t('field.from')} type="date" value={from} required />
    </UnitChange>
  );
}
