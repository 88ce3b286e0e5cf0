// Package zeeschuimer turns what the Zeeschuimer extension and 4CAT export into records.
package zeeschuimer
