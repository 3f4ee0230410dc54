import { useSignalEffect } from '@preact/signals';
import { t } from '../i18n';
import type { Phase } from '../state/room';
import { type Scope, ScopeContext, useScope } from './context';
import { Lobby } from './lobby';
import { documentTitle } from './model/format';
import { LiveRegions } from './notices';
import { Ended, Landing, Opening, Refused } from './outcome';
import { RoomPage } from './room';
import { ClassificationBanner } from './status';

/** The page of a phase that is not the room. */
function Outside({ phase }: { readonly phase: Phase }) {
  const { room } = useScope();
  const lobby = room.lobby.value;
  switch (phase.name) {
    case 'lobby':
      if (phase.error === 'link_missing') return <Landing />;
      if (lobby !== null) return <Lobby lobby={lobby} error={phase.error} />;
      return phase.error === null ? <Opening /> : <Refused error={phase.error} />;
    case 'joining':
    case 'waiting':
      return lobby === null ? <Opening /> : <Lobby lobby={lobby} error={null} />;
    case 'ended':
      if (phase.reason === 'refused') return <Refused error={phase.error ?? 'internal'} />;
      return <Ended reason={phase.reason} by={phase.by ?? null} />;
    default:
      return <Opening />;
  }
}

function Pages() {
  const { room } = useScope();
  const phase = room.phase.value;
  const inside = phase.name === 'live' || phase.name === 'recovering';
  useSignalEffect(() => {
    const info = room.info.value;
    const word = info === null ? null : t(`classification.${info.classification}`);
    document.title = documentTitle(word, info === null ? [t('app.name')] : [info.title, t('app.name')]);
  });
  return (
    <>
      <ClassificationBanner />
      {inside ? <RoomPage /> : <Outside phase={phase} />}
      <LiveRegions />
    </>
  );
}

/** The client. */
export function App({ scope }: { readonly scope: Scope }) {
  return (
    <ScopeContext.Provider value={scope}>
      <Pages />
    </ScopeContext.Provider>
  );
}
