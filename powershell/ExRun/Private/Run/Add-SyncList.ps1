function Add-SyncList {
    <#
    .SYNOPSIS
        Puts a list into a request: the path of its file, or the objects. Throws where what was given is neither.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The request's members.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Member,
        # The member of the request, and the parameter of the command.
        [Parameter(Mandatory = $true)] [string] $Name,
        [AllowNull()] [AllowEmptyCollection()] [object] $List
    )

    $plain = $List
    if ($List -is [psobject]) { $plain = $List.PSObject.BaseObject }
    if ($plain -is [System.IO.FileInfo]) { $plain = $plain.FullName }
    if ($plain -is [System.Management.Automation.PathInfo]) { $plain = $plain.ProviderPath }
    if ($plain -is [string]) {
        $Member["$($Name)File"] = Resolve-ExistingFile -Cmdlet $Cmdlet -Path $plain
        return
    }
    $rows = @($List)
    foreach ($row in $rows) {
        if ($row -is [string] -or $row -is [System.ValueType] -or $null -eq $row) {
            $parameter = $Name.Substring(0, 1).ToUpperInvariant() + $Name.Substring(1)
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('-{0}: must be a file, or objects such as those of Import-Csv' -f $parameter))
        }
    }
    $Member[$Name] = $rows
}
