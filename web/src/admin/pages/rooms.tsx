import { useSignal } from '@preact/signals';
import type { RoomView, TemplateView } from '../../gen/api';
import { call } from '../api';
import { t } from '../i18n';
import { useLoad, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Heading, Scroll } from '../ui/page';
import { chosen, unitName } from '../units';
import { RoomDialog, RoomLinks, TemplateDialog } from './room-dialogs';

const PAGE = 100;

type Open =
  | { readonly name: 'room'; readonly room: RoomView | null }
  | { readonly name: 'links'; readonly room: RoomView }
  | { readonly name: 'template'; readonly template: TemplateView | null };

function RoomRows(props: { readonly rooms: readonly RoomView[]; readonly onOpen: (open: Open) => void }) {
  return (
    <Scroll label={t('rooms.rooms')}>
      <table>
        <caption class="hidden">{t('rooms.rooms')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('rooms.name')}</th>
            <th scope="col">{t('rooms.kind')}</th>
            <th scope="col">{t('rooms.classification')}</th>
            <th scope="col">{t('people.unit')}</th>
            <th scope="col">{t('rooms.lobby')}</th>
            <th scope="col">{t('rooms.opening')}</th>
            <th scope="col">{t('rooms.links')}</th>
          </tr>
        </thead>
        <tbody>
          {props.rooms.map((room) => {
            const rules = room.rules ?? null;
            return (
              <tr key={room.id}>
                <td>
                  {rules === null ? (
                    <em>{t('rooms.withheld')}</em>
                  ) : (
                    <button
                      type="button"
                      class="quiet link"
                      onClick={() => props.onOpen({ name: 'room', room })}
                    >
                      {rules.title}
                    </button>
                  )}
                </td>
                <td>{rules === null ? '–' : t(`rooms.kind.${rules.kind}`)}</td>
                <td>
                  <span class="label-of" data-level={room.classification}>
                    {t(`clearance.${room.classification}`)}
                  </span>
                </td>
                <td>{unitName(room.unit)}</td>
                <td>{rules === null ? '–' : t(`rooms.lobby.${rules.lobby}`)}</td>
                <td>{rules === null ? '–' : t(`rooms.opening.${rules.opening}`)}</td>
                <td>
                  {rules !== null && (
                    <button
                      type="button"
                      aria-label={t('rooms.linksOf', { name: rules.title })}
                      onClick={() => props.onOpen({ name: 'links', room })}
                    >
                      {t('rooms.links')}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

function TemplateRows(props: {
  readonly templates: readonly TemplateView[];
  readonly onOpen: (open: Open) => void;
}) {
  if (props.templates.length === 0) return <p class="hint">{t('templates.none')}</p>;
  return (
    <ul class="cards">
      {props.templates.map((template) => (
        <li key={template.id} class="card">
          <h3>{template.name}</h3>
          <p class="hint">
            {[
              t(`rooms.kind.${template.rules.kind}`),
              t(`clearance.${template.rules.classification}`),
              unitName(template.rules.unit),
            ].join(' · ')}
          </p>
          <div class="actions">
            <button
              type="button"
              aria-label={t('templates.changeOf', { name: template.name })}
              onClick={() => props.onOpen({ name: 'template', template })}
            >
              {t('templates.change')}
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Rooms and templates of the chosen unit and of all below it. */
export function Rooms() {
  const rooms = useSignal<readonly RoomView[]>([]);
  const next = useSignal<number | null>(null);
  const templates = useSignal<readonly TemplateView[]>([]);
  const open = useSignal<Open | null>(null);
  const round = useSignal(0);
  const more = useTask();
  const within = chosen.value === null ? {} : { unit: chosen.value, below: true };
  const fetchPage = async (after: number | null, signal?: AbortSignal): Promise<void> => {
    const query = { limit: PAGE, ...within, ...(after === null ? {} : { after }) };
    const given = { query, ...(signal === undefined ? {} : { signal }) };
    const { value } = await call('GET /api/v1/rooms', given);
    rooms.value = after === null ? value.items : [...rooms.value, ...value.items];
    next.value = value.next ?? null;
  };
  const list = useLoad((signal) => fetchPage(null, signal), [chosen.value, round.value]);
  const models = useLoad(
    async (signal) => {
      const query = { limit: 1000, ...within };
      templates.value = (await call('GET /api/v1/templates', { query, signal })).value.items;
    },
    [chosen.value, round.value],
  );
  const show = (what: Open) => {
    open.value = what;
  };
  const close = (): void => {
    open.value = null;
  };
  const done = (): void => {
    round.value += 1;
  };
  const shown = open.value;
  return (
    <>
      <Heading text={t('rooms.title')} />
      <div class="actions">
        <button type="button" class="primary" onClick={() => show({ name: 'room', room: null })}>
          {t('rooms.create')}
        </button>
        <button type="button" onClick={() => show({ name: 'template', template: null })}>
          {t('templates.create')}
        </button>
      </div>
      <Fault fault={list.fault.value ?? more.fault.value} />
      <RoomRows rooms={rooms.value} onOpen={show} />
      {rooms.value.length === 0 && !list.busy.value && <p class="hint">{t('rooms.none')}</p>}
      {next.value !== null && (
        <button
          type="button"
          disabled={more.busy.value}
          onClick={() => void more.run(() => fetchPage(next.value))}
        >
          {t('list.more')}
        </button>
      )}
      <h2>{t('templates.title')}</h2>
      <Fault fault={models.fault.value} />
      <TemplateRows templates={templates.value} onOpen={show} />
      {shown?.name === 'room' && (
        <RoomDialog room={shown.room} templates={templates.value} onClose={close} onDone={done} />
      )}
      {shown?.name === 'links' && <RoomLinks room={shown.room} onClose={close} />}
      {shown?.name === 'template' && (
        <TemplateDialog template={shown.template} onClose={close} onDone={done} />
      )}
    </>
  );
}
