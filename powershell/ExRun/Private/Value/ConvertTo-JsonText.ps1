function ConvertTo-JsonText {
    <#
    .SYNOPSIS
        A value as a JSON string; null as null.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Text)

    if ($null -eq $Text) { return 'null' }
    $plain = [System.Convert]::ToString($Text, [System.Globalization.CultureInfo]::InvariantCulture)
    if ($plain.IndexOfAny($script:JsonSpecials) -lt 0) { return '"' + $plain + '"' }
    $escape = { param($Match) '\u{0:x4}' -f [int] $Match.Value[0] }
    return '"{0}"' -f [regex]::Replace($plain, '[\x00-\x1f"\\]', [System.Text.RegularExpressions.MatchEvaluator] $escape)
}
