function ConvertTo-RequestBody {
    <#
    .SYNOPSIS
        The body of a request as its JSON goes out: an object as it is, and text that is JSON likewise.
    .DESCRIPTION
        Text stays text where a header says that the body is of another kind. Text that should be JSON and is not is
        refused here, where whoever wrote it can see why.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [AllowNull()] [object] $Body,
        # The request's headers.
        [AllowNull()] [System.Collections.IDictionary] $Header
    )

    if ($Body -isnot [string]) { return , $Body }
    $kind = Get-MemberValue -InputObject $Header -Name 'Content-Type'
    if ($null -ne $kind -and $kind -notmatch 'json') { return $Body }
    if ($Body.Trim() -eq '') { return $null }
    $Body = $Body.TrimStart([char] 0xFEFF)
    $advice = 'give an object or a hashtable, or name its kind with -Header @{ ''Content-Type'' = ... }'
    [void] (ConvertFrom-JsonText -Text $Body -Subject 'the body is' -Advice $advice)
    # As it stands: read and written again its numbers and dates might not be the same. A line break cannot stand
    # within a string of JSON, and outside of one it is only a blank.
    return [pscustomobject] @{ PSTypeName = 'ExRun.JsonText'; Text = ($Body -replace '[\r\n]', ' ') }
}
