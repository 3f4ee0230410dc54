import { t } from '../i18n';
import { ChairTools } from './chair';
import { useScope } from './context';
import { Icon } from './icon';
import { Door } from './notices';
import { Roster } from './roster';

/** So many of those at the door have a row in the panel. */
const DOOR_ROWS = 3;

function Hands() {
  const { room, view } = useScope();
  const hands = room.hands.value;
  return (
    <section class="hands" aria-labelledby="hands-title">
      <div class="panel-head">
        <h2 id="hands-title">{t('panel.hands', { count: hands.length })}</h2>
      </div>
      {hands.length === 0 && <p class="panel-empty">{t('panel.noHands')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be within reach of the keyboard */}
      <ol class="rows" tabIndex={0} aria-labelledby="hands-title">
        {hands.map((member, index) => (
          <li key={member.member} class="row">
            <span class="row-sign">{index + 1}</span>
            <span class="row-name">{member.name}</span>
            {view.leads.value && (
              <button
                type="button"
                class="primary"
                aria-label={t('panel.inviteHint', { name: member.name })}
                title={t('panel.inviteHint', { name: member.name })}
                onClick={() => view.invite(member)}
              >
                {t('panel.invite')}
              </button>
            )}
            {view.keepsDoor.value && (
              <button
                type="button"
                aria-label={t('panel.lowerHint', { name: member.name })}
                title={t('panel.lowerHint', { name: member.name })}
                onClick={() => view.order({ action: 'lower_hand', member: member.member })}
              >
                {t('panel.lower')}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Roll call and requests to speak; for the chair also the orders for the whole room. */
export function Panel() {
  const { view } = useScope();
  return (
    <aside class="panel" aria-label={t('panel.title')}>
      <button
        type="button"
        class="quiet square panel-close"
        aria-label={t('app.close')}
        onClick={() => {
          view.panelOpen.value = false;
        }}
      >
        <Icon name="close" />
      </button>
      <Door rows={DOOR_ROWS} />
      {view.leads.value && <ChairTools />}
      <Roster />
      <Hands />
    </aside>
  );
}
