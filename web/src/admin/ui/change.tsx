import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Preview, Thought } from '../../gen/api';
import { Icon } from '../../ui/icon';
import { Modal } from '../../ui/modal';
import { call } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { useTask } from '../task';
import { loadUnits } from '../units';
import { Fault } from './fault';
import { Scroll } from './page';

function Told({ preview }: { readonly preview: Preview }) {
  const more = preview.units_in_all - preview.units.length;
  return (
    <div class="form wide">
      <h3>{t('change.preview')}</h3>
      {preview.units.length > 0 && (
        <Scroll label={t('change.preview')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('change.what')}</th>
                <th scope="col">{t('field.code')}</th>
                <th scope="col">{t('field.name')}</th>
                <th scope="col">{t('field.parent')}</th>
              </tr>
            </thead>
            <tbody>
              {preview.units.map((unit) => (
                <tr key={unit.code}>
                  <td>{t(`change.${unit.fate}`)}</td>
                  <td>{unit.code}</td>
                  <td>{unit.name}</td>
                  <td>{unit.parent ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {more > 0 && <p>{t('change.more', { count: more })}</p>}
      <p>{t('change.people', { people: preview.people, appointments: preview.appointments })}</p>
      <p class="warn">{t('change.final')}</p>
    </div>
  );
}

/**
 * A change of units: first the fields, then what it would come to, then it is done. History is not taken back, so
 * nothing is done before it was shown.
 */
export function UnitChange(props: {
  readonly title: string;
  readonly done: string;
  /** What the fields say. */
  readonly thought: () => Thought;
  readonly commit: () => Promise<unknown>;
  /** Called when it was done, before it closes. */
  readonly onDone?: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const preview = useSignal<Preview | null>(null);
  const task = useTask();
  const told = preview.value;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (told === null) {
      await task.run(async () => {
        preview.value = (await call('POST /api/v1/units/preview', { body: props.thought() })).value;
      });
      return;
    }
    const done = await task.run(async () => {
      await props.commit();
    });
    if (!done) return;
    props.onDone?.();
    await loadUnits();
    messages.show({ kind: 'info', text: props.done });
    props.onClose();
  };
  return (
    <Modal title={props.title} closeLabel={t('app.close')} wide onClose={props.onClose}>
      <form class="form wide" onSubmit={(event) => void submit(event)}>
        <fieldset class="plain" disabled={told !== null}>
          <legend class="hidden">{props.title}</legend>
          {props.children}
        </fieldset>
        {told !== null && <Told preview={told} />}
        <Fault fault={task.fault.value} />
        <div class="modal-actions">
          {told !== null && (
            <button
              type="button"
              onClick={() => {
                preview.value = null;
                task.clear();
              }}
            >
              <Icon name="previous" />
              {t('change.back')}
            </button>
          )}
          <button type="submit" class="primary" disabled={task.busy.value}>
            {told === null ? t('change.see') : t('change.confirm')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
