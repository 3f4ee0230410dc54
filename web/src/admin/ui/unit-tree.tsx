import { useComputed, useSignal } from '@preact/signals';
import { normalizeProps, useMachine } from '@zag-js/preact';
import * as tree from '@zag-js/tree-view';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { Icon } from '../../ui/icon';
import { t } from '../i18n';
import { branches, narrowed, pathTo, type UnitNode } from '../model/tree';
import { ask } from '../route';
import { chosen, units, unitsFault } from '../units';
import { Fault } from './fault';

/** Most branches that a filter opens by itself. */
const OPENED = 300;

type Api = ReturnType<typeof tree.connect>;

function Node(props: { readonly api: Api; readonly node: UnitNode; readonly indexPath: number[] }) {
  const { api, node, indexPath } = props;
  const own = { node, indexPath };
  const { expanded } = api.getNodeState(own);
  if (node.children.length === 0) {
    return (
      <div {...api.getItemProps(own)} class="tree-row">
        <span class="tree-trigger" />
        <span {...api.getItemTextProps(own)} class="tree-name">
          {node.unit.name}
        </span>
      </div>
    );
  }
  return (
    <div {...api.getBranchProps(own)}>
      <div class="tree-row">
        <span {...api.getBranchTriggerProps(own)} class="tree-trigger" aria-hidden="true">
          <Icon name="next" />
        </span>
        <div {...api.getBranchControlProps(own)} class="tree-name">
          <span {...api.getBranchTextProps(own)}>{node.unit.name}</span>
        </div>
      </div>
      {expanded && (
        <div {...api.getBranchContentProps(own)} class="tree-below">
          {node.children.map((child, index) => (
            <Node key={child.id} api={api} node={child} indexPath={[...indexPath, index]} />
          ))}
        </div>
      )}
    </div>
  );
}

function Tree({ roots, isNarrowed }: { readonly roots: readonly UnitNode[]; readonly isNarrowed: boolean }) {
  const known = units.value;
  const collection = useMemo(
    () =>
      tree.collection<UnitNode | { id: string; children: readonly UnitNode[] }>({
        nodeToValue: (node) => node.id,
        nodeToString: (node) => ('unit' in node ? node.unit.name : ''),
        rootNode: { id: 'all', children: roots },
      }),
    [roots],
  );
  const opened = useSignal<string[]>(roots.length === 1 && roots[0] !== undefined ? [roots[0].id] : []);
  const selected = chosen.value;
  // What is chosen is in sight, also when the choice came with the address.
  useEffect(() => {
    if (selected === null || known === null) return;
    const above = pathTo(known, selected).slice(0, -1);
    opened.value = [...new Set([...opened.peek(), ...above.map((unit) => String(unit.id))])];
  }, [selected, known]);
  useEffect(() => {
    if (isNarrowed) opened.value = branches(roots, OPENED);
  }, [isNarrowed, roots]);
  const service = useMachine(tree.machine as tree.Machine, {
    id: useId(),
    collection: collection as never,
    expandOnClick: false,
    expandedValue: opened.value,
    selectedValue: selected === null ? [] : [String(selected)],
    onExpandedChange: (details) => {
      opened.value = details.expandedValue;
    },
    onSelectionChange: (details) => ask({ unit: details.selectedValue[0] ?? null }),
  });
  const api = tree.connect(service as never, normalizeProps) as unknown as Api;
  return (
    <div {...api.getRootProps()}>
      <h2 {...(api.getLabelProps() as object)} class="hidden">
        {t('units.title')}
      </h2>
      <div {...api.getTreeProps()} class="tree">
        {roots.map((node, index) => (
          <Node key={node.id} api={api} node={node} indexPath={[index]} />
        ))}
      </div>
    </div>
  );
}

/** The tree beside every page: what is chosen in it is what the page shows. */
export function UnitSide() {
  const id = useId();
  const sought = useSignal('');
  const known = units.value;
  const roots = useComputed(() => narrowed(units.value?.roots ?? [], sought.value));
  const name = chosen.value === null ? t('units.all') : (known?.byId.get(chosen.value)?.name ?? '…');
  return (
    <details class="side" open={matchMedia('(min-width: 1000px)').matches}>
      <summary>
        {t('units.title')}: <strong>{name}</strong>
      </summary>
      <nav aria-label={t('units.choose')}>
        <div class="field">
          <label for={id}>{t('units.filter')}</label>
          <input
            id={id}
            type="search"
            autocomplete="off"
            value={sought.value}
            onInput={(event) => {
              sought.value = event.currentTarget.value;
            }}
          />
        </div>
        <button
          type="button"
          class="all"
          aria-pressed={chosen.value === null}
          onClick={() => ask({ unit: null })}
        >
          {t('units.all')}
        </button>
        <Fault fault={unitsFault.value} />
        {known === null && unitsFault.value === null && <p aria-busy="true">{t('app.loading')}</p>}
        {known !== null && roots.value.length > 0 && (
          <Tree roots={roots.value} isNarrowed={sought.value.trim() !== ''} />
        )}
        {known !== null && roots.value.length === 0 && (
          <p class="hint">{sought.value.trim() === '' ? t('units.none') : t('units.noMatch')}</p>
        )}
      </nav>
    </details>
  );
}
