// Package misskey reads the trending hashtags of Misskey instances.
package misskey
