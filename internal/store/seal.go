package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealLen is what seal adds to a value.
const sealLen = 4

// seal appends the checksum of key and body to body. The key is part of it, so
// a value that turns up under another key is noticed.
func seal(key, body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, checksum(key, body))
}

// unseal returns the body of a sealed value, which aliases value.
func unseal(key, value []byte) ([]byte, error) {
	body, why := unsealed(key, value)
	if why != "" {
		return nil, damaged(key, "%s", why)
	}
	return body, nil
}

// unsealed returns the body of a sealed value, or why it is none.
func unsealed(key, value []byte) (body []byte, why string) {
	if len(value) < sealLen {
		return nil, fmt.Sprintf("value of %d bytes is shorter than its checksum", len(value))
	}
	body = value[:len(value)-sealLen]
	if want, got := sealOf(value), checksum(key, body); got != want {
		return nil, fmt.Sprintf("checksum is %08x, stored %08x", got, want)
	}
	return body, ""
}

// sealOf returns the checksum stored in a sealed value.
func sealOf(value []byte) uint32 {
	return binary.LittleEndian.Uint32(value[len(value)-sealLen:])
}

func checksum(key, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body)
}
