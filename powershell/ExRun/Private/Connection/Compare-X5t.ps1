function Compare-X5t {
    <#
    .SYNOPSIS
        Says so on the verbose stream when settings name another certificate than the one that is used.
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyString()] [AllowNull()] [string] $Actual,
        [AllowEmptyString()] [AllowNull()] [string] $Expected
    )

    if ($Actual -and $Expected -and $Actual.TrimEnd('=') -cne $Expected.TrimEnd('=')) {
        Write-Verbose "x5t '$Expected' of Get-AppSettings is not that of the certificate, '$Actual', which is used"
    }
}
