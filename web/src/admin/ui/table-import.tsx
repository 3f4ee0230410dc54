import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { LineProblem, Taken } from '../../gen/api';
import { Modal } from '../../ui/modal';
import { type ApiFault, call } from '../api';
import { type Key, t, vi } from '../i18n';
import { messages } from '../messages';
import { today } from '../model/day';
import { useTask } from '../task';
import { Fault } from './fault';
import { Field } from './field';
import { Scroll } from './page';

/** Lines drawn; of more only the number is said. */
const DRAWN = 500;

/** Largest table that the gateway takes. */
const LARGEST = 4 << 20;

function Lines({ lines }: { readonly lines: readonly LineProblem[] }) {
  return (
    <Scroll label={t('import.problem')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('import.line')}</th>
            <th scope="col">{t('import.problem')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, DRAWN).map((line) => {
            const key = `fault.${line.code}`;
            const isOurs = key in vi && line.code !== 'bad_table';
            return (
              <tr key={`${line.line} ${line.code}`}>
                <td class="number">{line.line}</td>
                <td>
                  {isOurs
                    ? `${t(key as Key as 'fault.bad_code')} ${t(`${key}.next` as 'fault.bad_code.next')}`
                    : line.detail}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

function Changes({ taken }: { readonly taken: Taken }) {
  const { changes } = taken;
  if (changes.length === 0) return <p>{t('import.nothing')}</p>;
  return (
    <>
      <p>{t('import.count', { count: changes.length })}</p>
      <Scroll label={t('change.preview')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('import.line')}</th>
              <th scope="col">{t('change.what')}</th>
              <th scope="col">{t('field.code')}</th>
              <th scope="col">{t('field.name')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, DRAWN).map((change) => (
              <tr key={`${change.line} ${change.effect}`}>
                <td class="number">{change.line}</td>
                <td>{t(`import.${change.effect}`)}</td>
                <td>{change.code}</td>
                <td>{change.name}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {changes.length > DRAWN && <p>{t('import.more', { count: changes.length - DRAWN })}</p>}
    </>
  );
}

const linesOf = (fault: ApiFault | null): readonly LineProblem[] => fault?.lines ?? [];

/** Takes a table in: the file is chosen, what it would change is shown, then it is done, whole or not at all. */
export function TableImport(props: {
  readonly title: string;
  readonly columns: string;
  readonly table: 'units' | 'people';
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const id = useId();
  const from = useSignal(today());
  const text = useSignal<string | null>(null);
  const taken = useSignal<Taken | null>(null);
  const tooLarge = useSignal(false);
  const task = useTask();
  const send = async (isTrial: boolean): Promise<void> => {
    const body = text.value;
    if (body === null) return;
    await task.run(async () => {
      const query = { dry_run: isTrial, from: from.value };
      const answer = await call(`POST /api/v1/${props.table}.csv`, { query, body });
      taken.value = answer.value;
    });
    if (task.fault.peek() !== null) taken.value = null;
    if (taken.value?.done !== true) return;
    messages.show({ kind: 'info', text: t('import.done', { count: taken.value.changes.length }) });
    props.onDone();
    props.onClose();
  };
  const choose = async (file: File | undefined): Promise<void> => {
    taken.value = null;
    text.value = null;
    task.clear();
    if (file === undefined) return;
    tooLarge.value = file.size > LARGEST;
    if (tooLarge.value) return;
    text.value = await file.text();
    await send(true);
  };
  const trial = taken.value;
  return (
    <Modal title={props.title} closeLabel={t('app.close')} wide onClose={props.onClose}>
      <div class="form wide">
        <p class="hint">{t('import.columns', { columns: props.columns })}</p>
        <div class="pair">
          <div class="field">
            <label for={id}>{t('import.file')}</label>
            <input
              id={id}
              type="file"
              accept=".csv,text/csv"
              // The same file, put right in the meantime, is a choice too.
              onClick={(event) => {
                event.currentTarget.value = '';
              }}
              onChange={(event) => void choose(event.currentTarget.files?.[0])}
            />
          </div>
          <Field label={t('field.from')} type="date" value={from} required />
        </div>
        {tooLarge.value && <p class="fault">{t('fault.too_large')}</p>}
        {task.busy.value && <p aria-busy="true">{t('import.busy')}</p>}
        <Fault fault={task.fault.value} />
        {linesOf(task.fault.value).length > 0 && <Lines lines={linesOf(task.fault.value)} />}
        {trial !== null && <Changes taken={trial} />}
        <div class="modal-actions">
          <button
            type="button"
            disabled={text.value === null || task.busy.value}
            onClick={() => void send(true)}
          >
            {t('import.try')}
          </button>
          <button
            type="button"
            class="primary"
            disabled={trial === null || trial.changes.length === 0 || task.busy.value}
            onClick={() => void send(false)}
          >
            {t('import.take')}
          </button>
        </div>
      </div>
    </Modal>
  );
}
