/** How each site's connection is, the worst first, with what to do. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t as common, language } from '../i18n';
import { t } from '../i18n/quality';
import type { LinkQuality, SiteQuality } from '../state/room';
import '../styles/quality.css';
import { useScope } from './context';
import { Modal } from './modal';
import { barsOf, countGrades, lossText, type QualityRow, qualityRows, rateText } from './model/quality';
import { windowOf } from './model/window';

/** Height of a row until it is measured, in CSS pixels. */
const ROW_HEIGHT = 92;

/** One sign for each grade: colour is never alone. */
const SIGNS = { good: '●', weak: '◐', bad: '▲' } as const;

function Bars({ link }: { readonly link: LinkQuality }) {
  const bars = barsOf(link);
  return (
    <span class="quality-bars" data-bars={bars} aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

/** One direction: its picture, then its numbers. */
function Direction(props: { readonly up: boolean; readonly link: LinkQuality; readonly height: number }) {
  const { link } = props;
  const words = t(props.up ? 'up' : 'down');
  return (
    <span class="quality-link" data-way={props.up ? 'up' : 'down'}>
      <span aria-hidden="true">{props.up ? '↑' : '↓'}</span>
      <span class="hidden">{words}</span>
      <Bars link={link} />
      <span>
        {t('link', {
          rate: rateText(link.rate, language.value),
          loss: lossText(link.loss, language.value),
          jitter: link.jitter,
        })}
        {props.height > 0 ? ` · ${props.height}p` : ''}
      </span>
    </span>
  );
}

/** What is not of one direction. */
function detailsOf(site: SiteQuality): string {
  return [
    site.rtt === null ? '' : t('rtt', { rtt: site.rtt }),
    site.path === null ? '' : t(`path.${site.path}`),
    site.fps > 0 ? t('fps', { fps: site.fps }) : '',
    site.freezes > 0 ? t('freezes', { count: site.freezes }) : '',
    site.trouble === null ? '' : t(`trouble.${site.trouble}`),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function Row(props: {
  readonly row: QualityRow;
  readonly position: number;
  readonly of: number;
  readonly onHeight: (id: number, height: number) => void;
}) {
  const element = useRef<HTMLLIElement>(null);
  const { member, site } = props.row;
  useLayoutEffect(() => {
    if (element.current !== null) props.onHeight(member.member, element.current.offsetHeight);
  });
  return (
    <li
      ref={element}
      class="quality-row"
      aria-posinset={props.position}
      aria-setsize={props.of}
      data-member={member.member}
      data-grade={site?.grade ?? 'unknown'}
    >
      <span class="quality-grade">
        <span aria-hidden="true">{site === null ? '○' : SIGNS[site.grade]}</span>
        {t(`grade.${site?.grade ?? 'unknown'}`)}
      </span>
      <span class="quality-name">{member.name}</span>
      {site !== null && (
        <>
          <Direction up={true} link={site.up} height={site.sends} />
          <Direction up={false} link={site.down} height={site.receives} />
          <span class="quality-details">{detailsOf(site)}</span>
          {site.cause !== 'none' && <span class="quality-advice">{t(`cause.${site.cause}`)}</span>}
        </>
      )}
    </li>
  );
}

/** The rows in sight and a few more; the rest is empty room of their height. */
function Rows({ rows }: { readonly rows: readonly QualityRow[] }) {
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
    if (measured.current.get(id) === rowHeight) return;
    measured.current.set(id, rowHeight);
    version.value = version.peek() + 1;
  };
  void version.value;
  const heights = rows.map(({ member }) => measured.current.get(member.member) ?? ROW_HEIGHT);
  const { from, to, before, after } = windowOf(heights, scrolled.value, height.value);
  return (
    <ul
      ref={list}
      class="quality-rows"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be within reach of the keyboard
      tabIndex={0}
      aria-label={t('title')}
      style={{ '--before': `${before}px`, '--after': `${after}px` }}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
    >
      {rows.slice(from, to).map((row, index) => (
        <Row
          key={row.member.member}
          row={row}
          position={from + index + 1}
          of={rows.length}
          onHeight={onHeight}
        />
      ))}
    </ul>
  );
}

/** The dialog. The gateway tells of the sites for as long as it is open. */
export function QualityDialog({ onClose }: { readonly onClose: () => void }) {
  const { room, view } = useScope();
  useEffect(() => {
    void view.settle(room.watchQuality(true));
    return () => void room.watchQuality(false);
  }, []);
  const rows = useComputed(() => qualityRows(room.present.value, room.quality.value)).value;
  const { bad, weak, good } = countGrades(rows);
  return (
    <Modal title={t('title')} closeLabel={common('app.close')} wide={true} onClose={onClose}>
      <p class="quality-sum">{t('sum', { bad, weak, good })}</p>
      <Rows rows={rows} />
    </Modal>
  );
}
