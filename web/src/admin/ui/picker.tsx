import { type Signal, useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';
import { matches } from '../../ui/model/text';
import { t } from '../i18n';
import { pathTo } from '../model/tree';
import { units } from '../units';

/** Something that can be chosen. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** What tells it from others of the same name. */
  readonly detail: string;
}

/** Most options that are listed; typing narrows them. */
const LISTED = 50;

/** Lines of the list in sight. */
const LINES = 5;

/** How many options there are before they can be filtered. */
const FEW = 8;

/**
 * One of many: a field that narrows a list, and the list. Both are the browser's own, so that no letter is lost that a
 * Vietnamese keyboard takes back and puts in again while it composes.
 */
export function Picker(props: {
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly Option[];
  readonly value: Signal<string>;
}) {
  const id = useId();
  const typed = useSignal('');
  const { options, value } = props;
  const shown = useMemo(() => {
    const found = options.filter((one) => matches(`${one.label} ${one.detail}`, typed.value));
    const listed = found.slice(0, LISTED);
    const kept = options.find((one) => one.value === value.value);
    // What is chosen stays in the list, whatever is typed.
    return kept === undefined || listed.includes(kept) ? listed : [kept, ...listed];
  }, [options, typed.value, value.value]);
  return (
    <fieldset class="field picker">
      <legend class="label">{props.label}</legend>
      {options.length > FEW && (
        <input
          type="search"
          autocomplete="off"
          aria-label={`${props.label}: ${t('picker.filter')}`}
          aria-controls={id}
          placeholder={t('picker.filter')}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      )}
      <select
        id={id}
        size={LINES}
        aria-label={props.label}
        value={value.value}
        onChange={(event) => {
          value.value = event.currentTarget.value;
        }}
      >
        {shown.map((one) => (
          <option key={one.value} value={one.value} selected={one.value === value.value}>
            {one.detail === '' ? one.label : `${one.label} – ${one.detail}`}
          </option>
        ))}
      </select>
      {props.hint !== undefined && <p class="hint">{props.hint}</p>}
    </fieldset>
  );
}

/** A unit, found by name or code. */
export function UnitPicker(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: Signal<string>;
  /** Units that are not offered. */
  readonly without?: readonly number[];
  /** What choosing no unit is called, where that may be. */
  readonly none?: string;
}) {
  const known = units.value;
  const { none, without } = props;
  const options = useMemo(() => {
    const all = [...(known?.byId.values() ?? [])].filter((unit) => without?.includes(unit.id) !== true);
    const listed = all.map((unit): Option => {
      const above = known === null ? [] : pathTo(known, unit.id).slice(0, -1);
      const detail = [unit.code, ...above.map((one) => one.name)].join(' · ');
      return { value: String(unit.id), label: unit.name, detail };
    });
    return none === undefined ? listed : [{ value: '', label: none, detail: '' }, ...listed];
  }, [known, none, without]);
  const hint = props.hint === undefined ? {} : { hint: props.hint };
  return <Picker label={props.label} options={options} value={props.value} {...hint} />;
}
