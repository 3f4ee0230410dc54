import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { UnitDetail, UnitView } from '../../gen/api';
import { call } from '../api';
import { t } from '../i18n';
import { dayText } from '../model/day';
import { nodeOf, pathTo, type UnitTree } from '../model/tree';
import { ask } from '../route';
import { useTask } from '../task';
import { Fault } from '../ui/fault';
import { Heading, Scroll } from '../ui/page';
import { TableImport } from '../ui/table-import';
import { chosen, day, loadUnits, unitName, units } from '../units';
import { AbolishUnit, CreateUnit, MergeUnits, MoveUnit, RenameUnit, SplitUnit } from './unit-changes';

type Open = 'create' | 'rename' | 'move' | 'merge' | 'split' | 'abolish' | 'import';

/** The places above the chosen unit; each leads there. */
function Path({ tree, unit }: { readonly tree: UnitTree; readonly unit: UnitView }) {
  const above = pathTo(tree, unit.id).slice(0, -1);
  if (above.length === 0) return null;
  return (
    <nav class="path" aria-label={t('units.above')}>
      <ol>
        {above.map((one) => (
          <li key={one.id}>
            <button type="button" class="quiet" onClick={() => ask({ unit: String(one.id) })}>
              {one.name}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What a unit was called and where it stood. */
function History({ unit }: { readonly unit: UnitView }) {
  const detail = useSignal<UnitDetail | null>(null);
  const task = useTask();
  useEffect(() => {
    detail.value = null;
    void task.run(async () => {
      detail.value = (await call('GET /api/v1/units/{unit}', { path: { unit: unit.id } })).value;
    });
  }, [unit.id, unit.revision]);
  return (
    <section class="card">
      <h2>{t('units.history')}</h2>
      <Fault fault={task.fault.value} />
      <Scroll label={t('units.history')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('field.from')}</th>
              <th scope="col">{t('field.to')}</th>
              <th scope="col">{t('field.name')}</th>
              <th scope="col">{t('field.parent')}</th>
            </tr>
          </thead>
          <tbody>
            {detail.value?.history.map((version) => (
              <tr key={version.from}>
                <td>{dayText(version.from)}</td>
                <td>{typeof version.to === 'string' ? dayText(version.to) : t('units.open')}</td>
                <td>{version.name}</td>
                <td>{unitName(version.parent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

/** The units right below the chosen one. */
function Below(props: {
  readonly below: readonly UnitView[];
  readonly counts: ReadonlyMap<number, number>;
  readonly marked: Signal<ReadonlySet<number>>;
}) {
  const { marked } = props;
  if (props.below.length === 0) return <p class="hint">{t('units.noneBelow')}</p>;
  const mark = (id: number, on: boolean): void => {
    const next = new Set(marked.value);
    if (on) next.add(id);
    else next.delete(id);
    marked.value = next;
  };
  return (
    <Scroll label={t('units.below')}>
      <table>
        <caption class="hidden">{t('units.below')}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">{t('units.mark')}</span>
            </th>
            <th scope="col">{t('field.code')}</th>
            <th scope="col">{t('field.name')}</th>
            <th scope="col">{t('units.countBelow')}</th>
            <th scope="col">{t('field.from')}</th>
            <th scope="col">{t('field.to')}</th>
          </tr>
        </thead>
        <tbody>
          {props.below.map((unit) => (
            <tr key={unit.id}>
              <td class="mark">
                <label class="check">
                  <input
                    type="checkbox"
                    checked={marked.value.has(unit.id)}
                    aria-label={t('units.markOf', { name: unit.name })}
                    onChange={(event) => mark(unit.id, event.currentTarget.checked)}
                  />
                </label>
              </td>
              <td>{unit.code}</td>
              <td>
                <button type="button" class="quiet link" onClick={() => ask({ unit: String(unit.id) })}>
                  {unit.name}
                </button>
              </td>
              <td class="number">{props.counts.get(unit.id) ?? 0}</td>
              <td>{dayText(unit.from)}</td>
              <td>{typeof unit.to === 'string' ? dayText(unit.to) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Dialog(props: {
  readonly open: Open;
  readonly unit: UnitView | null;
  readonly below: readonly UnitView[];
  readonly marked: readonly UnitView[];
  readonly onClose: () => void;
}) {
  const { open, unit, onClose } = props;
  if (open === 'create') return <CreateUnit parent={unit} onClose={onClose} />;
  if (open === 'merge') return <MergeUnits units={props.marked} onClose={onClose} />;
  if (open === 'import') {
    return (
      <TableImport
        title={t('units.import')}
        table="units"
        columns="code, name, parent"
        onClose={onClose}
        onDone={() => void loadUnits()}
      />
    );
  }
  if (unit === null) return null;
  switch (open) {
    case 'rename':
      return <RenameUnit unit={unit} onClose={onClose} />;
    case 'move':
      return <MoveUnit unit={unit} onClose={onClose} />;
    case 'split':
      return <SplitUnit unit={unit} below={props.below} onClose={onClose} />;
    case 'abolish':
      return <AbolishUnit unit={unit} onClose={onClose} />;
  }
}

/** The organisation: what lies below the chosen unit, and what may be changed. */
export function Units() {
  const open = useSignal<Open | null>(null);
  const marked = useSignal<ReadonlySet<number>>(new Set());
  const tree = units.value;
  const unit = chosen.value === null ? null : (tree?.byId.get(chosen.value) ?? null);
  useEffect(() => {
    marked.value = new Set();
  }, [chosen.value]);
  const nodes = unit === null ? (tree?.roots ?? []) : (nodeOf(tree?.roots ?? [], unit.id)?.children ?? []);
  const below = nodes.map((node) => node.unit);
  const counts = new Map(nodes.map((node) => [node.unit.id, node.children.length]));
  const chosenOnes = below.filter((one) => marked.value.has(one.id));
  const show = (what: Open) => () => {
    open.value = what;
  };
  return (
    <>
      {unit !== null && tree !== null && <Path tree={tree} unit={unit} />}
      <Heading key={chosen.value ?? 0} text={unit?.name ?? t('units.title')}>
        <label class="inline">
          {t('units.asOf')}
          <input
            type="date"
            value={day.value}
            onChange={(event) => ask({ day: event.currentTarget.value })}
          />
        </label>
      </Heading>
      {unit !== null && (
        <p class="hint">
          {t('field.code')}: {unit.code}
        </p>
      )}
      <div class="actions">
        <button type="button" class="primary" onClick={show('create')}>
          {unit === null ? t('units.create') : t('units.createBelow')}
        </button>
        {unit !== null && (
          <>
            <button type="button" onClick={show('rename')}>
              {t('units.rename')}
            </button>
            <button type="button" onClick={show('move')}>
              {t('units.move')}
            </button>
            <button type="button" onClick={show('split')}>
              {t('units.split')}
            </button>
            <button type="button" onClick={show('abolish')}>
              {t('units.abolish')}
            </button>
          </>
        )}
        <button type="button" disabled={chosenOnes.length < 2} onClick={show('merge')}>
          {t('units.merge', { count: chosenOnes.length })}
        </button>
        <button type="button" onClick={show('import')}>
          {t('units.import')}
        </button>
        <a class="button" href="/api/v1/units.csv" download="units.csv">
          {t('units.export')}
        </a>
      </div>
      <h2>{t('units.below')}</h2>
      <Below below={below} counts={counts} marked={marked} />
      {unit !== null && <History unit={unit} />}
      {open.value !== null && (
        <Dialog
          open={open.value}
          unit={unit}
          below={below}
          marked={chosenOnes}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
    </>
  );
}
