import { initials } from './model/text';

/** What stands for a site without picture: a shield with its initials. */
export function Crest({ name }: { readonly name: string }) {
  const letters = initials(name);
  return (
    <svg class="crest" viewBox="0 0 96 108" aria-hidden="true" focusable="false">
      <path class="crest-field" d="M48 4 90 16v40c0 24-17 38-42 48C23 94 6 80 6 56V16Z" />
      <path class="crest-edge" d="M48 12 82 22v33c0 19-13 31-34 40C27 86 14 74 14 55V22Z" />
      <path class="crest-chevron" d="M30 76l18 9 18-9" />
      <text class="crest-letters" x="48" y="52" data-length={letters.length}>
        {letters}
      </text>
    </svg>
  );
}
