import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import type { MemberState } from '../state/room';
import { useScope } from './context';
import { Icon } from './icon';
import { byName, matches } from './model/text';
import { PRESENCE_SIGN } from './model/tiles';
import { windowOf } from './model/window';
import { MenuButton } from './tile';

/** The id of the filter's field, for the shortcut that goes there. */
export const FILTER_ID = 'roster-filter';
/** Height of a row with a name of one line, until it is measured; CSS pixels. */
const ROW_HEIGHT = 57;

function microphoneTitle(member: MemberState) {
  if (member.muted) return t('tile.muted');
  if (!member.microphone) return t('tile.microphoneOff');
  return member.speaking ? t('tile.speaking') : t('bar.microphoneOn');
}

/** The word before the presence of one who leads or may. */
function roleOf({ role }: MemberState, isActing: boolean): string {
  if (role === 'site') return '';
  return `${t(isActing ? 'role.acting' : `role.${role}`)} · `;
}

function Signs({ member }: { readonly member: MemberState }) {
  return (
    <>
      {member.hand !== null && (
        <span class="row-icon" title={t('tile.hand')}>
          <Icon name="hand" />
          <span class="hidden">{t('tile.hand')}</span>
        </span>
      )}
      {member.screen && (
        <span class="row-icon" title={t('tile.screen')}>
          <Icon name="share" />
          <span class="hidden">{t('tile.screen')}</span>
        </span>
      )}
      {member.presence !== 'absent' && (
        <span class="row-icon" data-on={member.microphone && !member.muted} title={microphoneTitle(member)}>
          <Icon name={member.muted ? 'muted' : member.microphone ? 'microphone' : 'microphoneOff'} />
          <span class="hidden">{microphoneTitle(member)}</span>
        </span>
      )}
    </>
  );
}

function Row(props: {
  readonly id: number;
  readonly position: number;
  readonly of: number;
  readonly onHeight: (id: number, height: number) => void;
}) {
  const { room, view } = useScope();
  const element = useRef<HTMLLIElement>(null);
  const member = room.member(props.id).value;
  useLayoutEffect(() => {
    if (element.current !== null) props.onHeight(props.id, element.current.offsetHeight);
  });
  if (member === null) return null;
  const isSelf = room.self.value?.member === props.id;
  return (
    <li
      ref={element}
      class="row"
      aria-posinset={props.position}
      aria-setsize={props.of}
      data-member={props.id}
      data-presence={member.presence}
      data-speaking={member.speaking}
    >
      <span class="row-sign" aria-hidden="true">
        {PRESENCE_SIGN[member.presence]}
      </span>
      <span class="row-name">
        {isSelf ? t('tile.self', { name: member.name }) : member.name}
        <span class="row-note">
          {roleOf(member, room.acting.value === props.id)}
          {t(`presence.${member.presence}`)}
          {member.muted ? ` · ${t('tile.muted')}` : ''}
        </span>
      </span>
      <Signs member={member} />
      {view.leads.value && !isSelf && <MenuButton member={member} />}
    </li>
  );
}

/** The rows in sight and a few more; the rest is empty room of their height. */
function Rows({ ids }: { readonly ids: readonly number[] }) {
  const list = useRef<HTMLUListElement>(null);
  const scrolled = useSignal(0);
  const height = useSignal(600);
  const measured = useRef(new Map<number, number>());
  const version = useSignal(0);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onHeight = (id: number, rowHeight: number): void => {
    if ((measured.current.get(id) ?? ROW_HEIGHT) === rowHeight) return;
    measured.current.set(id, rowHeight);
    version.value = version.peek() + 1;
  };
  void version.value;
  const heights = ids.map((id) => measured.current.get(id) ?? ROW_HEIGHT);
  const { from, to, before, after } = windowOf(heights, scrolled.value, height.value);
  return (
    <ul
      ref={list}
      class="rows"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be within reach of the keyboard
      tabIndex={0}
      aria-labelledby="roster-title"
      style={{ '--before': `${before}px`, '--after': `${after}px` }}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
    >
      {ids.slice(from, to).map((id, index) => (
        <Row key={id} id={id} position={from + index + 1} of={ids.length} onHeight={onHeight} />
      ))}
    </ul>
  );
}

/** How many of how many are there. */
export function Attendance() {
  const { room } = useScope();
  const text = useComputed(() => `${room.present.value.length}/${room.order.value.length}`);
  return <>{text}</>;
}

/** Who belongs to the room and how each stands, in the room's order or by name. */
export function Roster() {
  const { room, view } = useScope();
  const nameOf = (id: number): string => room.member(id).peek()?.name ?? '';
  // The list follows the order and the filter; each row follows its own member.
  const rows = useComputed(() => {
    const kept = room.order.value.filter((id) => matches(nameOf(id), view.filter.value));
    return view.byName.value ? kept.sort((a, b) => byName(nameOf(a), nameOf(b))) : kept;
  }).value;
  return (
    <section class="roster" aria-labelledby="roster-title">
      <div class="panel-head">
        <h2 id="roster-title">{t('panel.roster')}</h2>
        <span class="panel-count">
          <Attendance />
        </span>
        <input
          id={FILTER_ID}
          type="search"
          autocomplete="off"
          aria-label={t('panel.filter')}
          placeholder={t('panel.filterShort')}
          value={view.filter.value}
          onInput={(event) => {
            view.filter.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          class="quiet sort"
          aria-pressed={view.byName.value}
          aria-label={`A–Z: ${t('panel.byName')}`}
          title={t('panel.byName')}
          onClick={() => {
            view.byName.value = !view.byName.value;
          }}
        >
          A–Z
        </button>
      </div>
      {rows.length === 0 ? (
        <p class="panel-empty">{t('panel.noMatch', { query: view.filter.value })}</p>
      ) : (
        <Rows ids={rows} />
      )}
    </section>
  );
}
