// Package wikipedia reads the most viewed pages of Wikipedias.
package wikipedia
