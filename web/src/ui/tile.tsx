import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../i18n';
import type { MemberState, WireSource } from '../state/room';
import { useScope } from './context';
import { Crest } from './crest';
import { Icon } from './icon';
import { type Cover, coverOf } from './model/tiles';
import { OwnVideo, RemoteVideo } from './picture';

/** The words for a crest. */
export function coverText(cover: Cover): string {
  switch (cover) {
    case 'recovering':
      return t('tile.recovering');
    case 'camera_off':
      return t('tile.cameraOff');
    case 'waiting':
      return t('tile.waiting');
    case null:
      return '';
  }
}

/** What a site is doing, for those who do not see the signs. */
function description(member: MemberState, name: string, cover: Cover): string {
  const parts = [name];
  if (member.speaking) parts.push(t('tile.speaking'));
  if (member.muted) parts.push(t('tile.muted'));
  else if (!member.microphone) parts.push(t('tile.microphoneOff'));
  if (member.hand !== null) parts.push(t('tile.hand'));
  if (cover === 'camera_off' || cover === 'recovering') parts.push(coverText(cover));
  return parts.join(', ');
}

/** The name of a site with the state of its microphone and its hand. */
export function NamePlate({ member, name }: { readonly member: MemberState; readonly name: string }) {
  return (
    <figcaption class="nameplate">
      {member.speaking && <Icon name="speaker" />}
      {!member.speaking && (member.muted || !member.microphone) && (
        <Icon name={member.muted ? 'muted' : 'microphoneOff'} />
      )}
      <span class="nameplate-name">{name}</span>
    </figcaption>
  );
}

/** The button that opens the chair's menu of a member. */
export function MenuButton({ member }: { readonly member: MemberState }) {
  const { view } = useScope();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <button
      ref={button}
      type="button"
      class="quiet square menu-button"
      aria-haspopup="true"
      aria-label={t('chair.menu', { name: member.name })}
      title={t('chair.menu', { name: member.name })}
      onClick={() => {
        const anchor = button.current?.getBoundingClientRect();
        if (anchor !== undefined) view.menu.value = { member: member.member, anchor };
      }}
    >
      <Icon name="more" />
    </button>
  );
}

function Frame(props: {
  readonly member: MemberState;
  readonly source: WireSource;
  readonly name: string;
  readonly cover: Cover;
  readonly children: ComponentChildren;
}) {
  const { room, view } = useScope();
  const { member, source, cover } = props;
  const isSelf = room.self.value?.member === source.member;
  return (
    <figure
      class="tile"
      data-member={source.member}
      data-kind={source.kind}
      data-speaking={member.speaking && source.kind === 'camera'}
      aria-label={description(member, props.name, cover)}
    >
      {props.children}
      <div class="cover">
        <Crest name={member.name} />
        {cover !== 'waiting' && <span class="cover-text">{coverText(cover)}</span>}
      </div>
      <NamePlate member={member} name={props.name} />
      {member.hand !== null && source.kind === 'camera' && (
        <span class="badge hand-badge">
          <Icon name="hand" />
        </span>
      )}
      {view.leads.value && !isSelf && <MenuButton member={member} />}
    </figure>
  );
}

/** The tile of another site's camera or screen. The source must not change: give each source a key of its own. */
export function Tile({ source }: { readonly source: WireSource }) {
  const { room } = useScope();
  const member = room.member(source.member).value;
  if (member === null) return null;
  const name = source.kind === 'screen' ? t('room.screenOf', { name: member.name }) : member.name;
  const cover = coverOf(member, source, room.picture(source).value);
  return (
    <Frame member={member} source={source} name={name} cover={cover}>
      <RemoteVideo attach={(place) => room.attachTile(source, place)} />
    </Frame>
  );
}

/** The own camera, mirrored, straight from the device. */
export function OwnTile() {
  const { room } = useScope();
  const member = room.own.value;
  if (member === null) return null;
  const stream = room.media.value.camera ? room.devices.ownPicture.value : null;
  return (
    <Frame
      member={member}
      source={{ member: member.member, kind: 'camera' }}
      name={t('tile.self', { name: member.name })}
      cover={stream === null ? 'camera_off' : null}
    >
      {stream !== null && <OwnVideo stream={stream} mirrored={true} />}
    </Frame>
  );
}
