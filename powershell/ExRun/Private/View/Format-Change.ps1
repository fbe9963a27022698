function Format-Change {
    <#
    .SYNOPSIS
        What changed from what to what, in one line.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $Name,
        [AllowNull()] [object] $From,
        [AllowNull()] [object] $To
    )

    # Replies to mail are HTML.
    $isHtml = ([string] $Name).EndsWith('Message', [System.StringComparison]::OrdinalIgnoreCase)
    $texts = foreach ($value in $From, $To) {
        $text = Format-OneLine -Value $value -Most 60 -Html:$isHtml
        if ($null -eq $value) { '(none)' } elseif ($text -eq '') { '(empty)' } else { $text }
    }
    $arrow = Select-Sign -Sign ([string] [char] 0x2192) -Ascii '->'
    return '{0}: {1} {2} {3}' -f (Format-OneLine -Value $Name -Most 60), $texts[0], $arrow, $texts[1]
}
