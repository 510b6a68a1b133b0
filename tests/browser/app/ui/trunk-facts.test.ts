import { describe, expect, it } from 'vitest';
import { trunkFacts } from '../../../../app/ui/trunk-facts.ts';
import { MODEL } from '../../support/model.ts';

function factsOf(list: HTMLElement): Record<string, string> {
  return Object.fromEntries(
    [...list.querySelectorAll('dt')].map((name) => [
      name.textContent,
      name.nextElementSibling?.textContent ?? '',
    ]),
  );
}

describe('trunkFacts', () => {
  it('shows what the manifest says', () => {
    const facts = factsOf(trunkFacts(MODEL));
    expect(facts).toMatchObject({
      Name: 'tiny',
      Input: '96 × 96 pxRGB, values −1 to 1. New heads read pictures at 64 × 64 px.',
      Parameters: '12.3 thousandPlaces where it can be cut: 1.',
      'Multiply-adds to the cut':
        '1.5 millionFor one image of native size. The cut is relu_1 with 96 features.',
      BatchNorm: `2 layersMean and variance of ${32 + 96} channels.`,
    });
    expect(facts.Download).toMatch(/^2.5 kB/);
    expect(facts['Trunk digest']).toBe('abababab…abab Copy');
  });

  it('leads to the licence and to the package that it came from', () => {
    const links = [...trunkFacts(MODEL).querySelectorAll('a')].map((link) => link.getAttribute('href'));
    expect(links).toContain('/models/tiny/LICENSE');
    expect(links).toContain('https://www.npmjs.com/package/@scope/some-package');
  });

  it('makes no link of a source that is not a package', () => {
    const facts = trunkFacts({ ...MODEL, source: 'javascript:alert(1)' });
    expect(facts.textContent).toContain('javascript:alert(1)');
    expect(facts.querySelector('a[href^="javascript"]')).toBeNull();
  });
});
