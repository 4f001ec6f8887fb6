/** Plots are drawn this wide, in their own units, and stretched to the room that there is. */
export const WIDTH = 1000;
