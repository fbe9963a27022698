function Add-OutFileMember {
    <#
    .SYNOPSIS
        Adds to a request what the bound parameters of its command say of a file of rows.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Request
    )

    if (-not $Bound['OutFile']) { return }
    $Request['outFile'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['OutFile']
    if ($Bound['DefuseFormulas']) { $Request['defuseFormulas'] = $true }
    if ($Bound['Encoding'] -eq 'utf8BOM') { $Request['outFileByteOrderMark'] = $true }
}
