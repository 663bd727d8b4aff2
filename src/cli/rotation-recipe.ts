/** Shown by `payung rotate-keys --help`. */
export const ROTATION_RECIPE = `
To change the key without stopping (old is the key in use, new the next one):
  1. PAYUNG_NIK_KEYS=old,new   restart every hub: all can read what the next key writes
  2. PAYUNG_NIK_KEYS=new,old   restart every hub: new people are sealed with new
  3. payung rotate-keys        with new,old: seals everybody anew; hubs keep running
  4. PAYUNG_NIK_KEYS=new       restart every hub
  5. payung rotate-keys --retire old
                               drops the tokens of old; then old may be destroyed,
                               when no backup of the database needs it any more
Each step may be repeated, and rotate-keys goes on where it was interrupted. A hub that
was not restarted in time is refused when it writes; nobody is registered twice.`
