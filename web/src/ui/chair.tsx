import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import type { MemberState } from '../state/room';
import { useScope } from './context';
import { Icon, type IconName } from './icon';

/** The id of the menu's element. */
const MENU_ID = 'chair-menu';

function Order(props: {
  readonly icon: IconName;
  readonly text: string;
  readonly title?: string;
  readonly active?: boolean;
  readonly danger?: boolean;
  /** In the chair's menu, which a choice closes. */
  readonly inMenu?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      class={props.danger === true ? 'order danger' : 'order'}
      title={props.title}
      aria-pressed={props.active}
      {...(props.inMenu === true ? { popovertarget: MENU_ID, popovertargetaction: 'hide' as const } : {})}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      <span>{props.text}</span>
    </button>
  );
}

/** What the chair orders for the whole room. */
export function ChairTools() {
  const { room, view } = useScope();
  const mutedAll = room.mutedAll.value;
  const locked = room.locked.value;
  return (
    <section class="chair-tools" aria-label={t('panel.chairTools')}>
      <Order
        icon="follow"
        text={t('chair.followSpeaker')}
        title={t('chair.followSpeakerHint')}
        active={room.stage.value?.rule.rule === 'follow_speaker'}
        onClick={() => view.order({ action: 'follow_speaker' })}
      />
      <Order
        icon={mutedAll ? 'microphone' : 'microphoneOff'}
        text={t(mutedAll ? 'chair.unmuteAll' : 'chair.muteAll')}
        onClick={() => view.order({ action: mutedAll ? 'unmute_all' : 'mute_all' })}
      />
      <Order
        icon={locked ? 'unlock' : 'lock'}
        text={t(locked ? 'chair.unlock' : 'chair.lock')}
        onClick={() => view.order({ action: locked ? 'unlock' : 'lock' })}
      />
      <Order
        icon="quality"
        text={t('quality.open')}
        title={t('quality.openHint')}
        onClick={() => {
          view.open({ name: 'quality' });
        }}
      />
      <Order
        icon="end"
        text={t('chair.end')}
        danger={true}
        onClick={() => {
          view.open({ name: 'end' });
        }}
      />
    </section>
  );
}

function MenuOrders({ member }: { readonly member: MemberState }) {
  const { view } = useScope();
  const { member: id } = member;
  return (
    <>
      <p class="menu-name">{member.name}</p>
      <Order
        inMenu={true}
        icon="pin"
        text={t('chair.pinCamera')}
        onClick={() => view.order({ action: 'pin', source: { member: id, kind: 'camera' } })}
      />
      {member.screen && (
        <Order
          inMenu={true}
          icon="share"
          text={t('chair.pinScreen')}
          onClick={() => view.order({ action: 'pin', source: { member: id, kind: 'screen' } })}
        />
      )}
      {member.role !== 'chair' && (
        <Order
          inMenu={true}
          icon={member.muted ? 'microphone' : 'microphoneOff'}
          text={t(member.muted ? 'chair.letSpeak' : 'chair.mute')}
          onClick={() => view.order({ action: member.muted ? 'let_speak' : 'mute', member: id })}
        />
      )}
      {member.hand !== null && (
        <Order
          inMenu={true}
          icon="hand"
          text={t('chair.lowerHand')}
          onClick={() => view.order({ action: 'lower_hand', member: id })}
        />
      )}
      {member.role !== 'chair' && (
        <Order
          inMenu={true}
          icon="remove"
          text={t('chair.remove')}
          danger={true}
          onClick={() => {
            view.open({ name: 'remove', member: id });
          }}
        />
      )}
    </>
  );
}

/** Between the menu and the button that opened it, and the edge of the window. */
const MENU_MARGIN = 8;
/** Where the window begins under the classification, which nothing may cover. */
const TOP = 28 + MENU_MARGIN;

/** Puts `menu` beside `anchor`, inside the window. */
function place(menu: HTMLElement, anchor: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const left = anchor.right - width;
  const below = anchor.bottom + MENU_MARGIN;
  const top = below + height > innerHeight ? anchor.top - height - MENU_MARGIN : below;
  menu.style.left = `${Math.max(MENU_MARGIN, Math.min(left, innerWidth - width - MENU_MARGIN))}px`;
  menu.style.top = `${Math.max(TOP, Math.min(top, innerHeight - height - MENU_MARGIN))}px`;
}

/** The chair's menu of one member: one popover for the whole page. */
export function ChairMenu() {
  const { room, view } = useScope();
  const element = useRef<HTMLElement>(null);
  const menu = view.menu.value;
  const member = menu === null ? null : room.member(menu.member).value;
  useEffect(() => {
    const popover = element.current;
    if (menu === null || popover === null) return;
    popover.showPopover();
    place(popover, menu.anchor);
    popover.querySelector('button')?.focus();
  }, [menu]);
  return (
    <section
      ref={element}
      id={MENU_ID}
      aria-label={member === null ? t('panel.chairTools') : t('chair.menu', { name: member.name })}
      popover="auto"
      class="chair-menu"
      onToggle={(event) => {
        if (event.newState === 'closed') view.menu.value = null;
      }}
    >
      {member !== null && <MenuOrders member={member} />}
    </section>
  );
}
