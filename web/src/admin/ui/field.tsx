import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n';

interface Common {
  readonly label: string;
  readonly hint?: string;
  readonly value: Signal<string>;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

/** A line of text with its label and, where it helps, a hint. */
export function Field(
  props: Common & {
    readonly type?: 'text' | 'date' | 'time' | 'number' | 'email' | 'search';
    readonly autocomplete?: string;
    readonly maxLength?: number;
    readonly inputMode?: 'numeric' | 'text';
    readonly name?: string;
    readonly autofocus?: boolean;
    readonly min?: string;
    readonly max?: string;
  },
) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={(props.type ?? 'text') as 'text'}
        name={props.name}
        value={props.value.value}
        required={props.required === true}
        disabled={props.disabled === true}
        autocomplete={(props.autocomplete ?? 'off') as 'off'}
        autofocus={props.autofocus === true}
        inputMode={props.inputMode}
        maxLength={props.maxLength}
        min={props.min}
        max={props.max}
        spellcheck={false}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => {
          props.value.value = event.currentTarget.value;
        }}
      />
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

/** A password that can be looked at while it is typed. */
export function PasswordField(
  props: Common & { readonly autocomplete: 'current-password' | 'new-password' },
) {
  const id = useId();
  const seen = useSignal(false);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="beside">
        <input
          id={id}
          type={(seen.value ? 'text' : 'password') as 'text'}
          value={props.value.value}
          required={props.required !== false}
          autocomplete={props.autocomplete}
          spellcheck={false}
          aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
          onInput={(event) => {
            props.value.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          aria-pressed={seen.value}
          onClick={() => {
            seen.value = !seen.value;
          }}
        >
          {t('password.show')}
        </button>
      </div>
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

/** One of several. */
export function Select(props: Common & { readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.value.value}
        disabled={props.disabled === true}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          props.value.value = event.currentTarget.value;
        }}
      >
        {props.children}
      </select>
      {props.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}
