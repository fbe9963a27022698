function Find-TokenText {
    <#
    .SYNOPSIS
        Where a token stands in bytes: start and length without blanks around it and without a leading "Bearer ".
    #>
    [CmdletBinding()]
    [OutputType([int[]])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [byte[]] $Bytes)

    $isBlank = { param($Byte) $Byte -eq 0x20 -or ($Byte -ge 0x09 -and $Byte -le 0x0D) }
    $start = 0
    $end = $Bytes.Length
    while ($end -gt $start -and (& $isBlank $Bytes[$end - 1])) { $end-- }
    while ($start -lt $end -and (& $isBlank $Bytes[$start])) { $start++ }
    if ($end - $start -gt 7 -and (& $isBlank $Bytes[$start + 6]) -and
        [System.Text.Encoding]::ASCII.GetString($Bytes, $start, 6) -eq 'Bearer') {
        $start += 7
        while ($start -lt $end -and (& $isBlank $Bytes[$start])) { $start++ }
    }
    return @($start, ($end - $start))
}
