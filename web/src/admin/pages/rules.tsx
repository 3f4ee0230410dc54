import { type Signal, useSignal } from '@preact/signals';
import type {
  ClassificationWord,
  JoinersView,
  LobbyWord,
  OpeningWord,
  RoomKindWord,
  RulesView,
  StandingWord,
} from '../../gen/api';
import { t } from '../i18n';
import { Field, Select } from '../ui/field';
import { PeopleField } from '../ui/person-picker';
import { UnitPicker } from '../ui/picker';
import { chosen, unitName } from '../units';

const KINDS: readonly RoomKindWord[] = ['briefing', 'command', 'lecture'];
const CLASSIFICATIONS: readonly ClassificationWord[] = ['normal', 'confidential', 'secret', 'top_secret'];
const LOBBIES: readonly LobbyWord[] = ['open', 'expected', 'chair'];
const OPENINGS: readonly OpeningWord[] = ['always', 'booked'];
const STANDINGS: readonly StandingWord[] = ['permanent', 'one_time'];

/** Most deputies of a room. */
const DEPUTIES = 10;

/** The fields of a room's rules while they are filled in. */
export interface RulesFields {
  readonly title: Signal<string>;
  readonly kind: Signal<string>;
  readonly classification: Signal<string>;
  readonly unit: Signal<string>;
  readonly capacity: Signal<string>;
  readonly lobby: Signal<string>;
  readonly opening: Signal<string>;
  readonly standing: Signal<string>;
  readonly joiners: Signal<readonly JoinersView[]>;
  readonly chair: Signal<readonly number[]>;
  readonly deputies: Signal<readonly number[]>;
}

/** Fields that begin with `rules`, or with what is usual. */
export function useRules(rules: RulesView | null): RulesFields {
  const home = chosen.peek();
  return {
    title: useSignal(rules?.title ?? ''),
    kind: useSignal<string>(rules?.kind ?? 'briefing'),
    classification: useSignal<string>(rules?.classification ?? 'normal'),
    unit: useSignal(String(rules === null ? (home ?? '') : (rules.unit ?? ''))),
    capacity: useSignal(typeof rules?.capacity === 'number' ? String(rules.capacity) : ''),
    lobby: useSignal<string>(rules?.lobby ?? 'expected'),
    opening: useSignal<string>(rules?.opening ?? 'always'),
    standing: useSignal<string>(rules?.standing ?? 'permanent'),
    joiners: useSignal<readonly JoinersView[]>(rules?.joiners ?? []),
    chair: useSignal<readonly number[]>(typeof rules?.chair === 'number' ? [rules.chair] : []),
    deputies: useSignal<readonly number[]>(rules?.deputies ?? []),
  };
}

/** Puts the rules of a template into the fields. */
export function fill(fields: RulesFields, rules: RulesView): void {
  fields.title.value = rules.title;
  fields.kind.value = rules.kind;
  fields.classification.value = rules.classification;
  fields.unit.value = typeof rules.unit === 'number' ? String(rules.unit) : '';
  fields.capacity.value = typeof rules.capacity === 'number' ? String(rules.capacity) : '';
  fields.lobby.value = rules.lobby;
  fields.opening.value = rules.opening;
  fields.standing.value = rules.standing;
  fields.joiners.value = rules.joiners ?? [];
  fields.chair.value = typeof rules.chair === 'number' ? [rules.chair] : [];
  fields.deputies.value = rules.deputies ?? [];
}

/** What the fields say. */
export function rulesOf(fields: RulesFields): RulesView {
  const [chair] = fields.chair.value;
  return {
    title: fields.title.value,
    kind: fields.kind.value as RoomKindWord,
    classification: fields.classification.value as ClassificationWord,
    lobby: fields.lobby.value as LobbyWord,
    opening: fields.opening.value as OpeningWord,
    standing: fields.standing.value as StandingWord,
    joiners: fields.joiners.value,
    deputies: fields.deputies.value,
    ...(fields.unit.value === '' ? {} : { unit: Number(fields.unit.value) }),
    ...(fields.capacity.value === '' ? {} : { capacity: Number(fields.capacity.value) }),
    ...(chair === undefined ? {} : { chair }),
  };
}

/** Who may join: lines of a unit, with or without what lies below it, narrowed by duty and clearance. */
function Joiners({ value }: { readonly value: Signal<readonly JoinersView[]> }) {
  const unit = useSignal('');
  const below = useSignal(true);
  const duty = useSignal('');
  const clearance = useSignal('');
  const put = (): void => {
    const line: JoinersView = {
      unit: Number(unit.value),
      below: below.value,
      ...(duty.value.trim() === '' ? {} : { duty: duty.value.trim() }),
      ...(clearance.value === '' ? {} : { clearance: clearance.value as ClassificationWord }),
    };
    value.value = [...value.value, line];
    unit.value = '';
    duty.value = '';
  };
  return (
    <fieldset class="picker">
      <legend class="label">{t('rooms.joiners')}</legend>
      <p class="hint">{t('rooms.joinersHint')}</p>
      <ul class="places-of">
        {value.value.map((line, index) => (
          <li key={`${line.unit} ${line.duty ?? ''} ${line.clearance ?? ''}`}>
            <span>
              {[
                unitName(line.unit),
                line.below === true ? t('rooms.andBelow') : '',
                line.duty ?? '',
                line.clearance === undefined || line.clearance === null
                  ? ''
                  : t(`clearance.${line.clearance}`),
              ]
                .filter((word) => word !== '')
                .join(' · ')}
            </span>
            <button
              type="button"
              onClick={() => {
                value.value = value.value.filter((_, other) => other !== index);
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
      <div class="pair">
        <Field label={t('rooms.onlyDuty')} value={duty} maxLength={200} />
        <Select label={t('rooms.onlyClearance')} value={clearance}>
          <option value="">{t('rooms.anyClearance')}</option>
          {CLASSIFICATIONS.map((one) => (
            <option key={one} value={one}>
              {t(`clearance.${one}`)}
            </option>
          ))}
        </Select>
      </div>
      <button type="button" disabled={unit.value === ''} onClick={put}>
        {t('rooms.putIn')}
      </button>
    </fieldset>
  );
}

/** The fields of a room's rules. */
export function RulesForm({ fields }: { readonly fields: RulesFields }) {
  return (
    <div class="sections">
      <div class="form wide">
        <Field label={t('rooms.name')} value={fields.title} maxLength={200} required autofocus />
        <div class="pair">
          <Select label={t('rooms.kind')} value={fields.kind}>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {t(`rooms.kind.${one}`)}
              </option>
            ))}
          </Select>
          <Select label={t('rooms.classification')} value={fields.classification}>
            {CLASSIFICATIONS.map((one) => (
              <option key={one} value={one}>
                {t(`clearance.${one}`)}
              </option>
            ))}
          </Select>
        </div>
        <UnitPicker label={t('rooms.owner')} value={fields.unit} none={t('rooms.noOwner')} />
        <div class="pair">
          <Select label={t('rooms.lobby')} value={fields.lobby}>
            {LOBBIES.map((one) => (
              <option key={one} value={one}>
                {t(`rooms.lobby.${one}`)}
              </option>
            ))}
          </Select>
          <Select label={t('rooms.opening')} value={fields.opening}>
            {OPENINGS.map((one) => (
              <option key={one} value={one}>
                {t(`rooms.opening.${one}`)}
              </option>
            ))}
          </Select>
        </div>
        <div class="pair">
          <Select label={t('rooms.standing')} value={fields.standing}>
            {STANDINGS.map((one) => (
              <option key={one} value={one}>
                {t(`rooms.standing.${one}`)}
              </option>
            ))}
          </Select>
          <Field
            label={t('rooms.capacity')}
            hint={t('rooms.capacityHint')}
            type="number"
            min="1"
            max="5000"
            value={fields.capacity}
          />
        </div>
      </div>
      <div class="form wide">
        <PeopleField label={t('rooms.chair')} value={fields.chair} most={1} />
        <PeopleField label={t('rooms.deputies')} value={fields.deputies} most={DEPUTIES} />
        <Joiners value={fields.joiners} />
      </div>
    </div>
  );
}
