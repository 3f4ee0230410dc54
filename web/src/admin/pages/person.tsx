import { type Signal, useSignal } from '@preact/signals';
import type { AppointmentView, ClearanceView, DetailsView, PersonView } from '../../gen/api';
import { Confirmation, Modal } from '../../ui/modal';
import { call } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { today } from '../model/day';
import { type Task, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Field, Select } from '../ui/field';
import { UnitPicker } from '../ui/picker';
import { chosen, unitName } from '../units';

/** Clearances, the lowest first. */
const CLEARANCES: readonly ClearanceView[] = ['normal', 'confidential', 'secret', 'top_secret'];

interface Fields {
  readonly name: Signal<string>;
  readonly rank: Signal<string>;
  readonly duty: Signal<string>;
  readonly clearance: Signal<string>;
  readonly mail: Signal<string>;
}

function useFields(person: PersonView | null): Fields {
  return {
    name: useSignal(person?.name ?? ''),
    rank: useSignal(person?.rank ?? ''),
    duty: useSignal(person?.duty ?? ''),
    clearance: useSignal<string>(person?.clearance ?? 'normal'),
    mail: useSignal(person?.mail ?? ''),
  };
}

const detailsOf = (fields: Fields): DetailsView => ({
  name: fields.name.value,
  rank: fields.rank.value,
  duty: fields.duty.value,
  clearance: fields.clearance.value as ClearanceView,
  ...(fields.mail.value === '' ? {} : { mail: fields.mail.value }),
});

function Details({ fields }: { readonly fields: Fields }) {
  return (
    <>
      <Field label={t('people.name')} value={fields.name} maxLength={200} required />
      <div class="pair">
        <Field label={t('people.rank')} value={fields.rank} maxLength={200} />
        <Field label={t('people.duty')} value={fields.duty} maxLength={200} />
      </div>
      <div class="pair">
        <Select label={t('people.clearance')} value={fields.clearance}>
          {CLEARANCES.map((one) => (
            <option key={one} value={one}>
              {t(`clearance.${one}`)}
            </option>
          ))}
        </Select>
        <Field label={t('people.mail')} type="email" value={fields.mail} maxLength={200} />
      </div>
    </>
  );
}

/** Enters a person. */
export function CreatePerson(props: { readonly onClose: () => void; readonly onDone: () => void }) {
  const fields = useFields(null);
  const code = useSignal('');
  const unit = useSignal(chosen.peek() === null ? '' : String(chosen.peek()));
  const from = useSignal(today());
  const task = useTask();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const place = unit.value === '' ? {} : { unit: Number(unit.value) };
    const body = { code: code.value, details: detailsOf(fields), from: from.value, ...place };
    const done = await task.run(async () => {
      await call('POST /api/v1/people', { body });
    });
    if (!done) return;
    messages.show({ kind: 'info', text: t('people.created', { name: fields.name.value }) });
    props.onDone();
    props.onClose();
  };
  return (
    <Modal title={t('people.create')} closeLabel={t('app.close')} onClose={props.onClose}>
      <form class="form wide" onSubmit={(event) => void submit(event)}>
        <Field
          label={t('field.code')}
          hint={t('field.codeHint')}
          value={code}
          maxLength={40}
          required
          autofocus
        />
        <Details fields={fields} />
        <UnitPicker label={t('people.unit')} value={unit} />
        <Field label={t('field.from')} type="date" value={from} required />
        <Fault fault={task.fault.value} />
        <div class="modal-actions">
          <button type="submit" class="primary" disabled={task.busy.value}>
            {t('people.create')}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** The one-time link of a person, shown this once. */
function AccountLink({ link }: { readonly link: string }) {
  const copied = useSignal(false);
  return (
    <div class="card">
      <p>{t('people.linkText')}</p>
      <div class="beside">
        <input
          readOnly
          aria-label={t('people.link')}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          onClick={() =>
            void navigator.clipboard.writeText(link).then(
              () => {
                copied.value = true;
              },
              // The link stands there to be copied by hand.
              () => {},
            )
          }
        >
          {copied.value ? t('people.copied') : t('people.copy')}
        </button>
      </div>
    </div>
  );
}

function Account({ person, task }: { readonly person: PersonView; readonly task: Task }) {
  const link = useSignal<string | null>(null);
  const make = (): Promise<boolean> =>
    task.run(async () => {
      const path = { person: person.id };
      const { value } = await call('POST /api/v1/people/{person}/account-link', { path });
      link.value = `${location.origin}/account/activate#${value.secret}`;
    });
  if (link.value !== null) return <AccountLink link={link.value} />;
  return (
    <div>
      <button type="button" onClick={() => void make()}>
        {t('people.makeLink')}
      </button>
      <p class="hint">{t('people.makeLinkHint')}</p>
    </div>
  );
}

function Appointments(props: {
  readonly person: PersonView;
  readonly appointments: readonly AppointmentView[];
  readonly task: Task;
  readonly onChanged: () => void;
}) {
  const { person, task } = props;
  const unit = useSignal(typeof person.unit === 'number' ? String(person.unit) : '');
  const appoint = async (): Promise<void> => {
    const body = { person: person.id, ...(unit.value === '' ? {} : { unit: Number(unit.value) }) };
    const done = await task.run(async () => {
      await call('POST /api/v1/appointments', { body });
    });
    if (done) props.onChanged();
  };
  const dismiss = async (appointment: number): Promise<void> => {
    const done = await task.run(async () => {
      await call('DELETE /api/v1/appointments/{appointment}', { path: { appointment } });
    });
    if (done) props.onChanged();
  };
  return (
    <>
      <ul class="places-of">
        {props.appointments.map((one) => {
          const place = typeof one.unit === 'number' ? unitName(one.unit) : t('units.all');
          return (
            <li key={one.id}>
              <span>{place}</span>
              <button
                type="button"
                aria-label={t('people.dismissOf', { name: place })}
                onClick={() => void dismiss(one.id)}
              >
                {t('people.dismiss')}
              </button>
            </li>
          );
        })}
      </ul>
      <UnitPicker
        label={t('people.appointTo')}
        hint={t('people.appointHint')}
        value={unit}
        none={t('units.all')}
      />
      <button type="button" onClick={() => void appoint()}>
        {t('people.appoint')}
      </button>
    </>
  );
}

/** What is known of a person, where he belongs, what he administers, and how he signs in. */
export function Person(props: {
  readonly person: PersonView;
  readonly appointments: readonly AppointmentView[];
  readonly onClose: () => void;
  readonly onChanged: () => void;
}) {
  const { person } = props;
  const fields = useFields(person);
  const unit = useSignal(typeof person.unit === 'number' ? String(person.unit) : '');
  const from = useSignal(today());
  const revision = useSignal(person.revision);
  const retiring = useSignal(false);
  const task = useTask();
  /** Changes on what this dialog has seen last. */
  const change = async (work: (seen: number) => Promise<{ revision: number | null }>): Promise<boolean> => {
    const done = await task.run(async () => {
      revision.value = (await work(revision.value)).revision ?? revision.value;
    });
    if (!done) return false;
    messages.show({ kind: 'info', text: t('people.changed', { name: fields.name.value }) });
    props.onChanged();
    return true;
  };
  const path = { person: person.id };
  return (
    <Modal title={`${person.name} · ${person.code}`} closeLabel={t('app.close')} wide onClose={props.onClose}>
      <div class="sections">
        <form
          class="form wide"
          onSubmit={(event) => {
            event.preventDefault();
            const body = detailsOf(fields);
            void change((seen) => call('PUT /api/v1/people/{person}', { path, body, seen }));
          }}
        >
          <h3>{t('people.details')}</h3>
          <Details fields={fields} />
          <button type="submit" class="primary" disabled={task.busy.value}>
            {t('people.save')}
          </button>
        </form>
        <section class="form wide">
          <h3>{t('people.place')}</h3>
          <UnitPicker label={t('people.unit')} value={unit} />
          <Field label={t('field.from')} type="date" value={from} required />
          <div class="actions">
            <button
              type="button"
              disabled={task.busy.value || unit.value === ''}
              onClick={() => {
                const body = { unit: Number(unit.value), from: from.value };
                void change((seen) => call('POST /api/v1/people/{person}/move', { path, body, seen }));
              }}
            >
              {t('people.move')}
            </button>
            <button
              type="button"
              class="danger"
              disabled={task.busy.value}
              onClick={() => {
                retiring.value = true;
              }}
            >
              {t('people.retire')}
            </button>
          </div>
          <h3>{t('people.administers')}</h3>
          <Appointments
            person={person}
            appointments={props.appointments}
            task={task}
            onChanged={props.onChanged}
          />
          <h3>{t('people.account')}</h3>
          <Account person={person} task={task} />
        </section>
      </div>
      <Fault fault={task.fault.value} />
      {retiring.value && (
        <Confirmation
          title={t('people.retire')}
          text={t('people.retireText', { name: person.name, day: from.value.split('-').reverse().join('/') })}
          safe={t('app.cancel')}
          danger={t('people.retire')}
          onClose={() => {
            retiring.value = false;
          }}
          onConfirm={() => {
            const body = { from: from.value };
            const retire = (seen: number) =>
              call('POST /api/v1/people/{person}/retire', { path, body, seen });
            void change(retire).then((done) => done && props.onClose());
          }}
        />
      )}
    </Modal>
  );
}
