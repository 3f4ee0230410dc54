import { t } from '../i18n';
import type { MemberState, WireSource } from '../state/room';
import { useScope } from './context';
import { Crest } from './crest';
import { Icon } from './icon';
import { coverOf, isPinned } from './model/tiles';
import { RemoteVideo } from './picture';
import { coverText, MenuButton } from './tile';

function StageName({ member, source }: { readonly member: MemberState; readonly source: WireSource }) {
  const { room } = useScope();
  const pinned = isPinned(room.stage.value, source);
  const name = source.kind === 'screen' ? t('room.screenOf', { name: member.name }) : member.name;
  return (
    <figcaption class="stage-name">
      <span class="nameplate-name">{name}</span>
      {member.muted || !member.microphone ? (
        <span class="stage-note">
          <Icon name={member.muted ? 'muted' : 'microphoneOff'} />
          {t(member.muted ? 'tile.muted' : 'tile.microphoneOff')}
        </span>
      ) : (
        member.speaking && (
          <span class="stage-note speaking">
            <Icon name="speaker" />
            {t('tile.speaking')}
          </span>
        )
      )}
      {pinned && (
        <span class="stage-note">
          <Icon name="pin" />
          {t('room.pinned')}
        </span>
      )}
    </figcaption>
  );
}

/** In place of the own screen, which would show itself in itself for ever. */
function OwnScreen() {
  const { view } = useScope();
  return (
    <div class="stage-own">
      <Icon name="share" />
      <p>{t('room.ownScreen')}</p>
      <button type="button" onClick={() => view.toggleShare()}>
        {t('bar.shareStop')}
      </button>
    </div>
  );
}

function StageCover({ member, source }: { readonly member: MemberState; readonly source: WireSource }) {
  const { room } = useScope();
  return (
    <div class="cover">
      <Crest name={member.name} />
      <span class="cover-text">{coverText(coverOf(member, source, room.stagePicture.value))}</span>
    </div>
  );
}

/** The stage: what the room's rule or the chair's choice puts before everyone. */
export function Stage() {
  const { room, view } = useScope();
  const source = room.stage.value?.source ?? null;
  const member = source === null ? null : room.member(source.member).value;
  const own = source !== null && source.member === room.self.value?.member;
  return (
    <figure
      class="stage"
      data-member={source?.member}
      data-kind={source?.kind}
      data-own={own}
      data-speaking={member?.speaking === true}
      aria-label={t('room.stage')}
    >
      <RemoteVideo attach={(place) => room.attachStage(place)} />
      {own && source.kind === 'screen' && <OwnScreen />}
      {source === null || member === null ? (
        <div class="stage-empty">
          <p class="stage-empty-title">{t('room.stageEmpty')}</p>
          <p>{t('room.stageEmptyHint')}</p>
        </div>
      ) : (
        <>
          <StageCover member={member} source={source} />
          <StageName member={member} source={source} />
          {view.leads.value && !own && <MenuButton member={member} />}
        </>
      )}
    </figure>
  );
}
